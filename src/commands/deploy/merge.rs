//! Options over the file over defaults, and every check that needs no request: all that is wrong at
//! once.

use super::options::Options;
use super::wanted::{Source, Sourced, Wanted, What};
use crate::api::GitSource;
use crate::project::values::{
    Architecture, AudioFilter, Quantity, has_tag, is_branch, is_repository,
};
use crate::project::{DeployFile, Placed, Problem};

/// An option's text; blank counts as not given.
fn given(option: Option<&String>) -> Option<Sourced<String>> {
    let text = option.filter(|text| !text.trim().is_empty())?;
    Some(Sourced {
        value: text.clone(),
        source: Source::Option,
    })
}

/// A value of the file.
fn placed<T: Clone>(value: Option<&Placed<T>>) -> Option<Sourced<T>> {
    value.map(|placed| Sourced {
        value: placed.value.clone(),
        source: Source::File(placed.place),
    })
}

/// The option's value, else the file's.
fn text(option: Option<&String>, file: Option<&Placed<String>>) -> Option<Sourced<String>> {
    given(option).or_else(|| placed(file))
}

fn number(option: Option<u64>, file: Option<&Placed<u64>>) -> Option<Sourced<u64>> {
    let option = option.map(|value| Sourced {
        value,
        source: Source::Option,
    });
    option.or_else(|| placed(file))
}

/// Collects what is wrong.
struct Merging<'a> {
    options: &'a Options,
    file: &'a DeployFile,
    problems: Vec<Problem>,
    warnings: Vec<String>,
}

impl Wanted {
    /// Merges options and file.
    ///
    /// # Errors
    /// All that is wrong with them.
    pub(super) fn merge(options: &Options, file: &DeployFile) -> Result<Self, Vec<Problem>> {
        let warnings = file.warnings.iter().map(ToString::to_string).collect();
        let mut merging = Merging {
            options,
            file,
            problems: Vec::new(),
            warnings,
        };
        let wanted = merging.wanted();
        match wanted {
            Some(wanted) if merging.problems.is_empty() => Ok(Self {
                warnings: merging.warnings,
                ..wanted
            }),
            _ => Err(merging.problems),
        }
    }

    /// What is wrong with the options alone, where the file cannot be read.
    pub(super) fn problems_of(options: &Options) -> Vec<Problem> {
        let mut merging = Merging {
            options,
            file: &DeployFile::default(),
            problems: Vec::new(),
            warnings: Vec::new(),
        };
        merging.values();
        merging.problems
    }
}

/// What options say that is more than text.
struct Values {
    architecture: Option<Sourced<Architecture>>,
    audio_filter: Option<Sourced<AudioFilter>>,
    resources: Option<Sourced<(Quantity, Quantity)>>,
}

impl Merging<'_> {
    fn wrong(&mut self, key: &str, message: impl Into<String>) {
        self.problems.push(Problem::new(message).about(key));
    }

    /// Something wrong with a value, told where it was said.
    fn wrong_at(&mut self, key: &str, source: Source, message: String) {
        let problem = match source {
            Source::File(place) => self.file.problem(key, place, message),
            _ => Problem::new(message).about(key),
        };
        self.problems.push(problem);
    }

    fn wanted(&mut self) -> Option<Wanted> {
        let (options, config) = (self.options, &self.file.config);
        let values = self.values();
        let what = self.what();
        let agent = text(options.agent.as_ref(), config.agent_name.as_ref());
        if agent.is_none() {
            let problem = Problem::new("the agent has no name").about("agent_name");
            self.problems.push(problem.hint(
                "name it: `pipecat cloud deploy NAME`, or `agent_name = \"NAME\"` in `pcc-deploy.toml`",
            ));
        }
        let scaling = &config.scaling;
        let min_agents = number(options.min_agents, scaling.min_agents.as_ref());
        let min_agents = min_agents.unwrap_or(Sourced {
            value: 0,
            source: Source::Default,
        });
        let max_agents = number(options.max_agents, scaling.max_agents.as_ref());
        if let Some(max) = &max_agents
            && max.value < min_agents.value
        {
            let message = format!(
                "`max_agents` is {}, which is less than `min_agents`, {}",
                max.value, min_agents.value
            );
            self.wrong_at("scaling.max_agents", max.source, message);
        }
        let (profile, resources) = self.size(values.resources);
        let credentials = self.credentials();
        if matches!(what, Some(What::Git(_))) {
            if let Some(resources) = &resources {
                let message = "an agent from GitHub takes an agent profile, not `resources`";
                self.wrong_at("resources", resources.source, message.to_owned());
            }
            if credentials.is_some() {
                let what = "an agent from GitHub needs no image pull secret, so none is sent";
                self.warnings.push(what.to_owned());
            }
        }
        let build = &config.build;
        let or_default = |value: Option<Sourced<String>>, default: &str| {
            value.map_or_else(|| default.to_owned(), |value| value.value)
        };
        Some(Wanted {
            agent: agent?.value,
            what: what?,
            credentials,
            secret_set: text(options.secrets.as_ref(), config.secret_set.as_ref()),
            region: text(options.region.as_ref(), config.region.as_ref()),
            profile,
            websocket_auth: placed(config.websocket_auth.as_ref()),
            architecture: values
                .architecture
                .or_else(|| placed(config.architecture.as_ref())),
            max_session_duration: number(
                options.max_session_duration,
                config.max_session_duration.as_ref(),
            ),
            min_agents,
            max_agents,
            audio_filter: values
                .audio_filter
                .or_else(|| placed(config.krisp_viva.audio_filter.as_ref())),
            resources,
            context_dir: or_default(
                text(options.build_dir.as_ref(), build.context_dir.as_ref()),
                ".",
            ),
            dockerfile: or_default(
                text(options.dockerfile.as_ref(), build.dockerfile.as_ref()),
                "Dockerfile",
            ),
            is_forced: options.force,
            warnings: Vec::new(),
        })
    }

    /// Reads the options whose text has a form.
    fn values(&mut self) -> Values {
        let options = self.options;
        let architecture = self.one_of(
            ("architecture", "--architecture"),
            options.architecture.as_ref(),
            Architecture::NAMES,
            Architecture::named,
        );
        let audio_filter = self.one_of(
            ("krisp_viva.audio_filter", "--krisp-viva-audio-filter"),
            options.krisp_viva_audio_filter.as_ref(),
            AudioFilter::NAMES,
            AudioFilter::named,
        );
        let resources = given(options.resources.as_ref()).and_then(|text| {
            let read = quantities(&text.value);
            if read.is_none() {
                let message = format!(
                    "`--resources` must be of the form `cpu=2,memory=4Gi`, not `{}`",
                    text.value
                );
                self.wrong("resources", message);
            }
            read.map(|value| Sourced {
                value,
                source: Source::Option,
            })
        });
        if given(options.profile.as_ref()).is_some() && resources.is_some() {
            self.wrong(
                "resources",
                "`--profile` and `--resources` cannot be used together",
            );
        }
        Values {
            architecture,
            audio_filter,
            resources,
        }
    }

    /// An option that takes one of a closed set.
    fn one_of<T>(
        &mut self,
        (key, option): (&str, &str),
        text: Option<&String>,
        all: &[&str],
        named: impl Fn(&str) -> Option<T>,
    ) -> Option<Sourced<T>> {
        let text = given(text)?;
        let value = named(&text.value);
        if value.is_none() {
            let choices: Vec<String> = all.iter().map(|name| format!("`{name}`")).collect();
            let message = format!(
                "`{option}` must be {}, not `{}`",
                choices.join(" or "),
                text.value
            );
            self.wrong(key, message);
        }
        value.map(|value| Sourced {
            value,
            source: Source::Option,
        })
    }

    /// What runs: what the command line says sets aside what the file says.
    fn what(&mut self) -> Option<What> {
        let (options, config) = (self.options, &self.file.config);
        let image = given(options.image.as_ref());
        let build = given(options.build_id.as_ref());
        let repo = given(options.repo.as_ref());
        let branch = given(options.branch.as_ref());
        let from_git = repo.is_some() || branch.is_some();
        let sources = [
            (image.is_some(), "IMAGE"),
            (build.is_some(), "`--build-id`"),
            (from_git, "`--repo`"),
        ];
        let named: Vec<&str> = sources
            .iter()
            .filter_map(|(is_given, name)| is_given.then_some(*name))
            .collect();
        if named.len() > 1 {
            let message = format!("{} cannot be used together: give one", named.join(" and "));
            self.wrong("image", message);
            return None;
        }
        let what = if let Some(image) = image {
            What::Image(image)
        } else if let Some(build) = build {
            What::Build(build)
        } else if from_git || config.git.repo.is_some() || config.git.branch.is_some() {
            return self.git(repo, branch);
        } else if let Some(image) = placed(config.image.as_ref()) {
            What::Image(image)
        } else if let Some(build) = placed(config.build_id.as_ref()) {
            What::Build(build)
        } else {
            What::Folder
        };
        for (option, name) in [
            (&options.dockerfile_path, "--dockerfile-path"),
            (&options.subdirectory, "--subdirectory"),
        ] {
            if given(option.as_ref()).is_some() {
                let message = format!("`{name}` is for a repository, and needs `--repo`");
                self.wrong("git", message);
            }
        }
        if let What::Image(image) = &what
            && image.source == Source::Option
            && !has_tag(&image.value)
        {
            let image = &image.value;
            self.warnings.push(format!(
                "the image `{image}` has no tag, so the registry's `latest` is used, whatever \
                 that is by then; name one, as in `{image}:1.0`"
            ));
        }
        let asks_for_build =
            given(options.build_dir.as_ref()).or_else(|| given(options.dockerfile.as_ref()));
        if !matches!(what, What::Folder) && asks_for_build.is_some() {
            self.warnings.push(
                "`--build-dir` and `--dockerfile` are ignored: an image or a build is named, so \
                 nothing is built"
                    .to_owned(),
            );
        }
        Some(what)
    }

    /// A repository with its branch, each from the option or the file.
    fn git(
        &mut self,
        repo: Option<Sourced<String>>,
        branch: Option<Sourced<String>>,
    ) -> Option<What> {
        let (options, git) = (self.options, &self.file.config.git);
        let repo = repo.or_else(|| placed(git.repo.as_ref()));
        let branch = branch.or_else(|| placed(git.branch.as_ref()));
        for (one, other, message) in [
            (&repo, &branch, "`--repo` needs `--branch` as well"),
            (&branch, &repo, "`--branch` needs `--repo` as well"),
        ] {
            if one.is_some() && other.is_none() {
                self.wrong("git", message);
            }
        }
        let (repo, branch) = (repo?, branch?);
        if !is_repository(&repo.value) {
            let message = format!(
                "`{}` is not a repository of the form OWNER/NAME",
                repo.value
            );
            self.wrong_at("git.repo", repo.source, message);
        }
        if !is_branch(&branch.value) {
            let message = format!("`{}` is not a valid branch name", branch.value);
            self.wrong_at("git.branch", branch.source, message);
        }
        let more = |option, file| text(option, file).map(|text| text.value);
        Some(What::Git(GitSource {
            repo_full_name: repo.value,
            branch: branch.value,
            dockerfile_path: more(
                options.dockerfile_path.as_ref(),
                git.dockerfile_path.as_ref(),
            ),
            subdirectory: more(options.subdirectory.as_ref(), git.subdirectory.as_ref()),
        }))
    }

    /// Profile or resources: an option for one sets the file's other aside.
    #[allow(
        clippy::type_complexity,
        reason = "the two that cannot be used together"
    )]
    fn size(
        &self,
        resources: Option<Sourced<(Quantity, Quantity)>>,
    ) -> (
        Option<Sourced<String>>,
        Option<Sourced<(Quantity, Quantity)>>,
    ) {
        let config = &self.file.config;
        let profile = given(self.options.profile.as_ref());
        if profile.is_some() || resources.is_some() {
            return (profile, resources);
        }
        let both = (&config.resources.cpu, &config.resources.memory);
        let resources = match both {
            (Some(cpu), Some(memory)) => Some(Sourced {
                value: (cpu.value.clone(), memory.value.clone()),
                source: Source::File(cpu.place),
            }),
            _ => None,
        };
        (placed(config.agent_profile.as_ref()), resources)
    }

    /// The image pull secret, unless it is said to be needless.
    fn credentials(&mut self) -> Option<Sourced<String>> {
        let option = given(self.options.credentials.as_ref());
        if self.options.no_credentials {
            if option.is_some() {
                let message = "`--credentials` and `--no-credentials` cannot be used together";
                self.wrong("image_credentials", message);
            }
            return None;
        }
        option.or_else(|| placed(self.file.config.image_credentials.as_ref()))
    }
}

/// `cpu=Q,memory=Q` in any order.
fn quantities(text: &str) -> Option<(Quantity, Quantity)> {
    let (mut cpu, mut memory) = (None, None);
    for part in text.split(',') {
        let (name, value) = part.split_once('=')?;
        let value = Quantity::of_text(value.trim())?;
        let place = match name.trim() {
            "cpu" => &mut cpu,
            "memory" => &mut memory,
            _ => return None,
        };
        if place.replace(value).is_some() {
            return None;
        }
    }
    Some((cpu?, memory?))
}

#[cfg(test)]
mod tests {
    use super::quantities;

    #[test]
    fn resources_are_both_quantities_in_any_order() {
        let read = |text: &str| {
            quantities(text).map(|(cpu, memory)| (cpu.to_string(), memory.to_string()))
        };
        let both = Some(("2".to_owned(), "4Gi".to_owned()));
        assert_eq!(read("cpu=2,memory=4Gi"), both);
        assert_eq!(read(" memory = 4Gi , cpu=2 "), both);
        for bad in [
            "cpu=2",
            "memory=4Gi",
            "cpu=2,memory=4Gx",
            "cpu=2,cpu=3,memory=1Gi",
            "cpu,memory",
            "cpu=2,memory=4Gi,disk=1",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
