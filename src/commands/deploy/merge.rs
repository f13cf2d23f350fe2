//! Options over the file over defaults, and every check that needs no request: all that is wrong at
//! once.

mod source;
mod values;

use super::options::Options;
use super::wanted::{Source, Sourced, Wanted, What};
use crate::commands::warnings_of;
use crate::output::Note;
use crate::project::values::Quantity;
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
    warnings: Vec<Note>,
}

impl Wanted {
    /// Merges options and file.
    ///
    /// # Errors
    /// All that is wrong with them.
    pub(super) fn merge(options: &Options, file: &DeployFile) -> Result<Self, Vec<Problem>> {
        let mut merging = Merging {
            options,
            file,
            problems: Vec::new(),
            warnings: warnings_of(file).collect(),
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
                self.warnings.push(Note::Warning(what.to_owned()));
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
