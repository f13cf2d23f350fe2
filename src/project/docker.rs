//! What `docker` is told to build and push: the names of an image, and the command lines.

use super::DeployConfig;

/// The tag where nobody names one.
const LATEST: &str = "latest";

/// What an image is built for where nobody says.
const ARCHITECTURE: &str = "arm64";

/// What was said on the command line.
#[derive(Clone, Debug, Default)]
pub struct ImageOptions {
    /// The agent's name.
    pub name: Option<String>,
    /// The kind of registry.
    pub registry: Option<Registry>,
    /// The account there.
    pub username: Option<String>,
    /// The address of a custom one.
    pub address: Option<String>,
    /// The tag.
    pub tag: Option<String>,
    /// Whether nothing is pushed.
    pub is_local: bool,
    /// Whether the tag `latest` is left alone.
    pub without_latest: bool,
}

/// A kind of registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registry {
    /// Docker Hub.
    DockerHub,
    /// Any other, by its address.
    Custom,
}

impl Registry {
    /// The names there are.
    pub const NAMES: [&str; 2] = ["dockerhub", "custom"];

    /// What a name stands for.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "dockerhub" => Some(Self::DockerHub),
            "custom" => Some(Self::Custom),
            _ => None,
        }
    }
}

/// An image taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct ImageName {
    registry: Option<Registry>,
    username: Option<String>,
    address: Option<String>,
    name: String,
    tag: Option<String>,
}

/// Why there is nothing to build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lacking {
    /// No name anywhere.
    Name,
    /// `image` names a digest, which nobody can choose.
    Tag,
    /// The kind of registry.
    Registry,
    /// `docker.registry` in the file is no kind of registry.
    KnownRegistry,
    /// The account at the registry.
    Username,
    /// The address of the registry.
    Address,
}

/// What is built, and pushed perhaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImagePlan {
    /// The agent's name.
    pub name: String,
    /// The image's names, the one with the tag first.
    pub tags: Vec<String>,
    /// What it is built for.
    pub platform: String,
    /// Whether it is pushed.
    pub is_pushed: bool,
    /// Where to, as `docker login` takes it; nothing for Docker Hub.
    pub address: Option<String>,
    /// The Dockerfile, where it is not the usual one.
    pub dockerfile: Option<String>,
    /// The folder that is built.
    pub folder: String,
}

impl ImagePlan {
    /// Options over `image` over `[docker]` over defaults.
    ///
    /// # Errors
    /// What is lacking.
    pub fn new(options: &ImageOptions, config: &DeployConfig) -> Result<Self, Lacking> {
        let image = match &config.image {
            Some(image) => ImageName::parse(&image.value)?,
            None => ImageName::default(),
        };
        let docker = &config.docker;
        let in_file = |value: &Option<super::Placed<String>>| {
            value.as_ref().map(|placed| placed.value.clone())
        };
        let named = Some(image.name).filter(|name| !name.is_empty());
        let name = options.name.clone().or(named);
        let name = name.or_else(|| in_file(&config.agent_name));
        let name = name.ok_or(Lacking::Name)?;
        let tag = options.tag.clone().or(image.tag);
        let tag = tag.unwrap_or_else(|| LATEST.to_owned());
        let registry = match (options.registry.or(image.registry), &docker.registry) {
            (None, Some(kind)) => Some(Registry::named(&kind.value).ok_or(Lacking::KnownRegistry)?),
            (registry, _) => registry,
        };
        // An address that `image` names may have nobody's account behind it.
        let needs_no_user = image.address.is_some() && image.username.is_none();
        let username = options.username.clone().or(image.username);
        let username = username.or_else(|| {
            let user = in_file(&docker.registry_username);
            user.filter(|_| !needs_no_user)
        });
        let address = options.address.clone().or(image.address);
        let address = address.or_else(|| in_file(&docker.registry_url));
        let base = if options.is_local {
            name.clone()
        } else {
            match (registry.ok_or(Lacking::Registry)?, username) {
                (Registry::DockerHub, user) => {
                    format!("{}/{name}", user.ok_or(Lacking::Username)?)
                }
                (Registry::Custom, user) => {
                    let address = address.as_deref().ok_or(Lacking::Address)?;
                    let address = address.trim_end_matches('/');
                    match user {
                        Some(user) => format!("{address}/{user}/{name}"),
                        None if needs_no_user => format!("{address}/{name}"),
                        None => return Err(Lacking::Username),
                    }
                }
            }
        };
        let auto_latest = docker.auto_latest.as_ref().is_none_or(|auto| auto.value);
        let mut tags = vec![format!("{base}:{tag}")];
        if tag != LATEST && auto_latest && !options.without_latest {
            tags.push(format!("{base}:{LATEST}"));
        }
        let architecture = config.architecture.as_ref();
        let architecture = architecture.map_or(ARCHITECTURE, |one| one.value.name());
        let folder = in_file(&config.build.context_dir).unwrap_or_else(|| ".".to_owned());
        let dockerfile = in_file(&config.build.dockerfile).map(|file| match folder.as_str() {
            "." => file,
            folder => format!("{}/{file}", folder.trim_end_matches('/')),
        });
        Ok(Self {
            name,
            tags,
            platform: format!("linux/{architecture}"),
            is_pushed: !options.is_local,
            address: address.filter(|_| registry == Some(Registry::Custom)),
            dockerfile,
            folder,
        })
    }

    /// What `docker` is told, one line after the other.
    #[must_use]
    pub fn commands(&self) -> Vec<Vec<String>> {
        let mut build: Vec<String> = ["buildx", "build"].map(str::to_owned).into();
        build.push(format!("--platform={}", self.platform));
        build.push("--load".to_owned());
        for tag in &self.tags {
            build.extend(["-t".to_owned(), tag.clone()]);
        }
        if let Some(dockerfile) = &self.dockerfile {
            build.extend(["-f".to_owned(), dockerfile.clone()]);
        }
        // No folder is an option.
        let prefix = if self.folder.starts_with('-') {
            "./"
        } else {
            ""
        };
        build.push(format!("{prefix}{}", self.folder));
        let mut commands = vec![build];
        if self.is_pushed {
            let push = |tag: &String| vec!["push".to_owned(), tag.clone()];
            commands.extend(self.tags.iter().map(push));
        }
        commands
    }
}

impl ImageName {
    /// Takes an image apart. What comes before the first `/` is an address if it can be one.
    fn parse(image: &str) -> Result<Self, Lacking> {
        if image.contains('@') {
            return Err(Lacking::Tag);
        }
        let (path, last) = match image.rsplit_once('/') {
            Some((path, last)) => (Some(path), last),
            None => (None, image),
        };
        let (name, tag) = match last.split_once(':') {
            Some((name, tag)) => (name, Some(tag).filter(|tag| !tag.is_empty())),
            None => (last, None),
        };
        let parts = Self {
            name: name.to_owned(),
            tag: tag.map(str::to_owned),
            ..Self::default()
        };
        let Some(path) = path else {
            return Ok(parts);
        };
        let (first, rest) = match path.split_once('/') {
            Some((first, rest)) => (first, Some(rest)),
            None => (path, None),
        };
        let is_address = first.contains(['.', ':']) || first == "localhost" || rest.is_some();
        Ok(if is_address {
            Self {
                registry: Some(Registry::Custom),
                address: Some(first.to_owned()),
                username: rest.map(str::to_owned),
                ..parts
            }
        } else {
            Self {
                registry: Some(Registry::DockerHub),
                username: Some(first.to_owned()),
                ..parts
            }
        })
    }
}

#[cfg(test)]
mod tests;
