//! Names that were last seen of the service, so that a shell can complete them without asking
//! anybody. They lie in the user's cache, a file a list, and are forgotten after a day.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use url::Url;

/// What is older says nothing any more.
const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// So many names of a list are kept: more is more than a shell can offer.
const MOST: usize = 1000;

/// A name that is longer, in bytes, is none that anybody completes.
const LONGEST: usize = 256;

/// What names there are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Agents.
    Agents,
    /// Secret sets, and image pull secrets.
    SecretSets,
    /// Codes of regions.
    Regions,
    /// Agent profiles.
    Profiles,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Agents => "agents",
            Self::SecretSets => "secret-sets",
            Self::Regions => "regions",
            Self::Profiles => "profiles",
        }
    }
}

/// The place for names.
#[derive(Clone, Debug)]
pub struct Seen {
    folder: PathBuf,
}

/// A list, as it lies there.
#[derive(Serialize, Deserialize)]
struct List {
    /// When it was seen, in seconds since 1970.
    at: u64,
    names: Vec<String>,
}

impl Seen {
    /// The place below the user's folder for caches.
    #[must_use]
    pub fn below(cache: &Path) -> Self {
        Self {
            folder: cache.join("pipecat-cloud-cli"),
        }
    }

    /// Keeps a list, in the place of the one before.
    ///
    /// # Errors
    /// It cannot be written; the one before may still be there.
    pub fn keep<'a>(
        &self,
        (service, organization, kind): (&Url, &str, Kind),
        names: impl IntoIterator<Item = &'a str>,
        now: SystemTime,
    ) -> io::Result<()> {
        let names = names
            .into_iter()
            .filter(|name| (1..=LONGEST).contains(&name.len()) && !name.contains(char::is_control));
        let list = List {
            at: seconds(now),
            names: names.take(MOST).map(str::to_owned).collect(),
        };
        self.make_folder()?;
        self.forget(now);
        // Nobody else may read it, from the first byte on; nobody ever sees half of it.
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        file.write_all(&serde_json::to_vec(&list)?)?;
        file.persist(self.file(service, organization, kind))?;
        Ok(())
    }

    /// The names of a list; none where it was not seen within a day.
    #[must_use]
    pub fn names(
        &self,
        (service, organization, kind): (&Url, &str, Kind),
        now: SystemTime,
    ) -> Vec<String> {
        let read = fs::read(self.file(service, organization, kind)).ok();
        let list = read.and_then(|bytes| serde_json::from_slice::<List>(&bytes).ok());
        let now = seconds(now);
        let is_fresh =
            |list: &List| (list.at..list.at.saturating_add(LIFETIME.as_secs())).contains(&now);
        list.filter(is_fresh)
            .map_or_else(Vec::new, |list| list.names)
    }

    /// The file of a list. Its name tells nobody whose it is.
    fn file(&self, service: &Url, organization: &str, kind: Kind) -> PathBuf {
        let mut sum = Sha256::new();
        for part in [service.as_str(), organization, kind.name()] {
            sum.update(part);
            sum.update([0]);
        }
        self.folder.join(format!("{:x}.json", sum.finalize()))
    }

    fn make_folder(&self) -> io::Result<()> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
            builder.mode(0o700).create(&self.folder)?;
            fs::set_permissions(&self.folder, fs::Permissions::from_mode(0o700))
        }
        #[cfg(not(unix))]
        builder.create(&self.folder)
    }

    /// Takes away what nobody reads any more.
    fn forget(&self, now: SystemTime) {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        for entry in entries {
            let changed = entry.metadata().and_then(|file| file.modified());
            let age = changed
                .ok()
                .and_then(|changed| now.duration_since(changed).ok());
            if age.is_some_and(|age| age > LIFETIME) {
                // Another process may have done so.
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_known_for_a_day_to_its_service_and_organization() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let seen = Seen::below(folder.path());
        let service = |text| Url::parse(text).map_err(io::Error::other);
        let (ours, other) = (
            service("https://a.example/")?,
            service("https://b.example/")?,
        );
        let now = SystemTime::now();
        let list = (&ours, "acme", Kind::Agents);
        assert_eq!(seen.names(list, now), [""; 0]);
        seen.keep(list, ["bot", "", "a\nb", "b"], now)?;
        assert_eq!(seen.names(list, now), ["bot", "b"]);
        assert_eq!(seen.names(list, now + LIFETIME), [""; 0]);
        assert_eq!(seen.names(list, now - Duration::from_secs(60)), [""; 0]);
        for stranger in [
            (&other, "acme", Kind::Agents),
            (&ours, "ada", Kind::Agents),
            (&ours, "acme", Kind::Regions),
        ] {
            assert_eq!(seen.names(stranger, now), [""; 0]);
        }
        seen.keep(list, ["only"], now)?;
        assert_eq!(seen.names(list, now), ["only"]);
        fs::write(seen.file(&ours, "acme", Kind::Agents), "{")?;
        assert_eq!(seen.names(list, now), [""; 0]);
        Ok(())
    }
}
