//! `docker build-push`.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use serde_json::{Value, json};

use super::program::{Docker, Run as Ran};
use crate::commands::{Run, invalid, listed, warnings_of};
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::output::{Note, Report, View, clean};
use crate::project::docker::{ImageOptions, ImagePlan, Lacking, Registry};
use crate::project::{Location, into_error};

const EXAMPLES: &str = "\
Examples:
  pipecat cloud docker build-push my-agent --registry dockerhub --username acme --version 1.0
  pipecat cloud docker build-push --registry custom --registry-url ghcr.io --username acme
  pipecat cloud docker build-push --no-push --yes

Exit status: 0 done; 1 refused, or docker failed; 2 there is no terminal to ask on, and no `--yes`";

/// Build an image with Docker on this machine, and push it
///
/// The image that `pcc-deploy.toml` names decides what is built and where it is pushed, unless
/// options say otherwise.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The image's name, instead of the one in the deploy file
    #[arg(value_name = "AGENT_NAME")]
    agent: Option<String>,

    /// The kind of registry: `dockerhub` or `custom`
    #[arg(short = 'r', long, value_name = "KIND", hide_possible_values = true,
        value_parser = PossibleValuesParser::new(Registry::NAMES))]
    registry: Option<String>,

    /// The account at the registry
    #[arg(short = 'u', long, value_name = "NAME")]
    username: Option<String>,

    /// The address of a custom registry
    #[arg(long, value_name = "ADDRESS")]
    registry_url: Option<String>,

    /// The tag [default: the one of `image` in the deploy file, else latest]
    #[arg(short = 'v', long, value_name = "TAG")]
    version: Option<String>,

    /// Build only
    #[arg(long)]
    no_push: bool,

    /// Leave the tag `latest` alone
    #[arg(long)]
    no_latest: bool,

    /// Do not ask
    #[arg(short = 'y', long)]
    yes: bool,

    /// The deploy file [env: PIPECAT_DEPLOY_CONFIG_PATH] [default: pcc-deploy.toml]
    #[arg(long, value_name = "PATH")]
    config_file: Option<PathBuf>,

    #[arg(long, value_name = "VALUE", hide = true)]
    deploy_config: Option<String>,
}

impl Run for Args {
    fn time_limit(&self) -> Option<std::time::Duration> {
        None
    }

    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let environment = context.settings.environment();
        let location = Location::find(self.config_file.as_deref(), environment);
        let file = location.read().map_err(|problems| into_error(&problems))?;
        for warning in warnings_of(&file) {
            context.printer.note(&warning);
        }
        let plan = ImagePlan::new(&self.options(), &file.config).map_err(explain)?;
        let docker = Docker::find(context)?;
        let pushes = if plan.is_pushed {
            "build and push"
        } else {
            "build"
        };
        let question = format!(
            "{}{} {} for {}?",
            pushes[..1].to_uppercase(),
            &pushes[1..],
            plan.tags.join(" and "),
            plan.platform
        );
        let declined = "nothing was built";
        if !self.yes
            && !context
                .prompt
                .confirm_harmless(&question, "`--yes`")
                .await?
        {
            return Err(Error::new(Code::Declined, declined));
        }
        for arguments in plan.commands() {
            let line = format!("docker {}", arguments.join(" "));
            context.printer.line(&format!("$ {line}"));
            let ran = docker.run(context, &arguments).await?;
            if !ran.status.success() {
                return Err(failed(&plan, &arguments, &ran));
            }
        }
        Ok(Box::new(Built(plan)))
    }
}

impl Args {
    fn options(&self) -> ImageOptions {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        ImageOptions {
            name: given(&self.agent),
            registry: self.registry.as_deref().and_then(Registry::named),
            username: given(&self.username),
            address: given(&self.registry_url),
            tag: given(&self.version),
            is_local: self.no_push,
            without_latest: self.no_latest,
        }
    }
}

/// What is lacking, in words.
fn explain(lacking: Lacking) -> Error {
    match lacking {
        Lacking::Name => invalid("the image has no name").hint(
            "name it: `pipecat cloud docker build-push NAME`, or `agent_name` in `pcc-deploy.toml`",
        ),
        Lacking::Tag => invalid("`image` names a digest, which a new build cannot have")
            .hint("name a tag in `pcc-deploy.toml`, as in `image = \"acme/bot:1.0\"`"),
        Lacking::Registry => invalid("no registry to push to is given").hint(
            "give `--registry dockerhub` or `--registry custom`, or build only, with `--no-push`",
        ),
        Lacking::KnownRegistry => {
            invalid("`docker.registry` in the deploy file is neither `dockerhub` nor `custom`")
        }
        Lacking::Username => invalid("no account at the registry is given")
            .hint("give `--username NAME`, or `docker.registry_username` in `pcc-deploy.toml`"),
        Lacking::Address => invalid("no address for the custom registry is given")
            .hint("give `--registry-url ADDRESS`, or `docker.registry_url` in `pcc-deploy.toml`"),
    }
}

/// Docker ended with something else than success.
fn failed(plan: &ImagePlan, arguments: &[String], ran: &Ran) -> Error {
    let verb = match arguments.first().map(String::as_str) {
        Some("push") => "push",
        _ => "build",
    };
    let status = match ran.status.code() {
        Some(code) => format!("exit status {code}"),
        None => "a signal ended it".to_owned(),
    };
    let error = Error::new(
        Code::DockerFailed,
        format!("docker could not {verb} ({status})"),
    );
    let said = ran.said.to_lowercase();
    if verb == "push" && (said.contains("unauthorized") || said.contains("denied")) {
        let address = plan.address.as_ref();
        let address = address.map_or_else(String::new, |address| format!(" {address}"));
        return error.hint(format!(
            "sign in to the registry with `docker login{address}`"
        ));
    }
    let lacks_buildx = [
        "'buildx' is not a docker command",
        "unknown flag: --platform",
    ];
    if lacks_buildx.iter().any(|words| said.contains(words)) {
        return error.hint(
            "docker builds for other platforms with its plugin buildx: install the package `docker-buildx` or `docker-buildx-plugin`",
        );
    }
    if said.contains("exec format error") {
        return error.hint(format!(
            "this machine cannot run programs for {}: emulation is missing; `docker run --privileged --rm tonistiigi/binfmt --install all` installs it",
            plan.platform
        ));
    }
    error
}

/// An image was built.
struct Built(ImagePlan);

impl Report for Built {
    fn json(&self) -> Value {
        json!({
            "agentName": self.0.name,
            "image": self.0.tags.first(),
            "tags": self.0.tags,
            "platform": self.0.platform,
            "pushed": self.0.is_pushed,
        })
    }

    fn plain(&self) -> View {
        View::Lines(self.0.tags.iter().map(|tag| clean(tag)).collect())
    }

    fn rich(&self) -> View {
        let verb = if self.0.is_pushed {
            "built and pushed"
        } else {
            "built"
        };
        View::Done(format!("{verb} {}", listed(&self.0.tags)))
    }

    fn notes(&self) -> Vec<Note> {
        let Some(image) = self.0.tags.first().filter(|_| self.0.is_pushed) else {
            return Vec::new();
        };
        vec![Note::Hint(format!(
            "put `image = \"{image}\"` into `pcc-deploy.toml`, then run `pipecat cloud deploy`"
        ))]
    }
}
