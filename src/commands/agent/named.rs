//! Which agent is meant, where a deploy file may say it.

use clap_complete::engine::ArgValueCompleter;
use std::path::PathBuf;

use crate::commands::invalid;
use crate::completions;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::http::check_segment;
use crate::project::agent_name::agent_name;

/// Names the deploy file.
const VARIABLE: &str = "PIPECAT_DEPLOY_CONFIG_PATH";

/// What it is called where nobody names it.
const DEPLOY_FILE: &str = "pcc-deploy.toml";

/// An agent that is named, or that a deploy file is about.
#[derive(Debug, clap::Args)]
pub(super) struct Named {
    /// The agent; without it, the `agent_name` of the deploy file
    #[arg(value_name = "AGENT", add = ArgValueCompleter::new(completions::agents))]
    agent: Option<String>,

    /// The deploy file to take the agent's name from, instead of `pcc-deploy.toml` in this folder
    /// [env: PIPECAT_DEPLOY_CONFIG_PATH]
    #[arg(long, value_name = "PATH")]
    config_file: Option<PathBuf>,

    /// Has no effect
    #[arg(long, value_name = "TEXT", hide = true)]
    deploy_config: Option<String>,
}

impl Named {
    /// The agent's name, which can be one. The file is read only where it is needed.
    pub(super) fn name(&self, context: &Context) -> Result<String> {
        let name = self.given(context)?;
        check_segment(&name)?;
        Ok(name)
    }

    fn given(&self, context: &Context) -> Result<String> {
        if let Some(file) = &self.config_file
            && !file.exists()
        {
            return Err(invalid(format!("there is no file `{}`", file.display())));
        }
        if let Some(agent) = &self.agent {
            return Ok(agent.clone());
        }
        let (file, is_named) = self.file(context)?;
        if !is_named && !file.exists() {
            return Err(unnamed(invalid("no agent is named")));
        }
        let place = file.display();
        let name = agent_name(&file)
            .map_err(|error| invalid(format!("cannot read `{place}`")).because(error))?;
        name.ok_or_else(|| unnamed(invalid(format!("`{place}` has no `agent_name`"))))
    }

    /// The deploy file, and whether somebody has named it.
    fn file(&self, context: &Context) -> Result<(PathBuf, bool)> {
        if let Some(file) = &self.config_file {
            return Ok((file.clone(), true));
        }
        let environment = context.settings.environment();
        Ok(match environment.get(VARIABLE)? {
            Some(path) => (
                environment
                    .expand(path)
                    .unwrap_or_else(|| PathBuf::from(path)),
                true,
            ),
            None => (PathBuf::from(DEPLOY_FILE), false),
        })
    }
}

fn unnamed(error: Error) -> Error {
    error.hint(format!(
        "name the agent on the command line, or as `agent_name` in `{DEPLOY_FILE}`"
    ))
}
