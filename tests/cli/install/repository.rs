//! Which repository the releases are taken from: it is named in one place.

use std::fs;
use std::path::Path;

use super::{Place, refusal, refused, sh};

/// Downloads nothing, ever.
const OFFLINE: &str = "#!/bin/sh\nexit 6\n";

/// A clone whose `Cargo.toml` has these lines in its package.
fn clone(lines: &str) -> Place {
    let place = Place::with_script("curl", OFFLINE);
    let manifest = format!("[package]\nname = \"pipecat-cloud-cli\"\n{lines}");
    fs::write(place.clone_folder().join("Cargo.toml"), manifest).unwrap();
    place
}

const NAMED: &str = "repository = \"https://github.com/somebody/something\"\n";

#[test]
fn a_clone_knows_its_repository_from_the_manifest() {
    let place = clone(NAMED);
    let latest = "downloading https://github.com/somebody/something/releases/latest/download/";
    let said = refused(&place, &[]);
    assert!(said.contains(latest), "{said}");
    let said = refused(&place, &[("PIPECAT_INSTALL_VERSION", "1.2.3")]);
    let version = latest.replace("latest/download", "download/v1.2.3");
    assert!(said.contains(&version), "{said}");

    // A variable beats it.
    let said = refused(&place, &[("PIPECAT_INSTALL_REPOSITORY", "another/one")]);
    assert!(said.contains("github.com/another/one/releases"), "{said}");
}

#[test]
fn a_release_knows_its_own_repository_and_reads_no_manifest() {
    let place = clone(NAMED);
    let script = place.clone_folder().join(".github/install.sh");
    let text = fs::read_to_string(&script).unwrap();
    let released = text.replace("\nreleased_from=\"\"\n", "\nreleased_from=the/release\n");
    assert_ne!(released, text);
    fs::write(&script, released).unwrap();
    let said = refused(&place, &[]);
    assert!(said.contains("github.com/the/release/releases"), "{said}");
}

#[test]
fn where_no_repository_is_known_the_way_to_build_it_is_told() {
    let place = clone("");
    let said = refused(&place, &[]);
    assert!(
        said.contains("hint: cargo install --locked --path ."),
        "{said}"
    );
    assert!(!said.contains("downloading"), "{said}");
}

#[test]
fn a_script_that_is_in_no_clone_reads_nobodys_manifest() {
    let mut place = clone(NAMED);
    let run = place.install_piped(&[]);
    let piped = refusal(&place, &run);
    let folder = place.clone_folder();
    fs::rename(folder.join(".github"), folder.join("downloads")).unwrap();
    place.script = "downloads/install.sh";
    for said in [piped, refused(&place, &[])] {
        let hint = "PIPECAT_INSTALL_REPOSITORY=owner/name";
        assert!(said.contains(hint), "{said}");
        assert!(!said.contains("downloading"), "{said}");
    }
}

#[test]
fn a_repository_is_an_owner_and_a_name() {
    let place = clone("");
    for repository in ["name", "owner/", "/name", "a/b/c", "a/b;c", "../b", "a/.."] {
        let said = refused(&place, &[("PIPECAT_INSTALL_REPOSITORY", repository)]);
        assert!(said.contains("owner/name"), "{said}");
        assert!(!said.contains("downloading"), "{said}");
    }
    // One that is somewhere else cannot be what this clone is released from.
    let place = clone("repository = \"https://example.com/a/b\"\n");
    let said = refused(&place, &[]);
    assert!(
        said.contains("hint: cargo install --locked --path ."),
        "{said}"
    );
}

#[test]
fn the_notes_of_a_release_have_a_line_that_can_be_pasted() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    let notes = sh(repository, ".github/notes.sh 0.1.0 the/release");
    let notes = String::from_utf8(notes).unwrap();
    let mut pasted = notes.lines().filter(|line| line.starts_with("curl "));
    let line = pasted.next().unwrap();
    assert_eq!(pasted.next(), None);

    // Of the release, only the script is there; it is filled in as the workflow does it.
    let place = Place::with_script(
        "curl",
        "#!/bin/sh\n\
         base=https://github.com/the/release/releases/download/v0.1.0\n\
         case \"$*\" in *\" $base/install.sh\") ;; *) exit 22 ;; esac\n\
         sed 's|^released_from=.*|released_from=the/release|' .github/install.sh\n",
    );
    let run = place.shell(&[]).args(["-c", line]).output().unwrap();
    let said = refusal(&place, &run);
    let archive = "could not download https://github.com/the/release/releases/download/v0.1.0/";
    assert!(said.contains(archive), "{said}");
}
