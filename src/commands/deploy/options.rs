//! What `deploy` takes on its command line.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use clap::ValueHint;
use clap_complete::engine::ArgValueCompleter;

use crate::commands::InOrganization;
use crate::completions;

/// Options and words as they were typed. Blank text counts as not given, so that the file's counts.
#[derive(Debug, clap::Args)]
#[allow(clippy::struct_excessive_bools, reason = "a switch each")]
pub(super) struct Options {
    /// The agent's name, instead of the deploy file's `agent_name`
    #[arg(value_name = "AGENT_NAME", add = ArgValueCompleter::new(completions::agents))]
    pub(super) agent: Option<String>,

    /// The image to deploy, with its tag. Without an image, a build or a repository, the folder is built in the cloud
    #[arg(value_name = "IMAGE")]
    pub(super) image: Option<String>,

    /// The deploy file [env: PIPECAT_DEPLOY_CONFIG_PATH] [default: pcc-deploy.toml]
    #[arg(long, value_name = "PATH")]
    pub(super) config_file: Option<PathBuf>,

    /// The image pull secret to pull the image with
    #[arg(short = 'c', long, value_name = "NAME", add = ArgValueCompleter::new(completions::secret_sets))]
    pub(super) credentials: Option<String>,

    /// Do without an image pull secret: the image is public [also: -nc]
    #[arg(long)]
    pub(super) no_credentials: bool,

    /// How many instances to keep ready; they are billed [also: -min]
    #[arg(long, value_name = "N")]
    pub(super) min_agents: Option<u64>,

    /// How many instances there are at most [also: -max]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) max_agents: Option<u64>,

    /// The secret set whose values the agent gets as environment variables
    #[arg(short = 's', long, value_name = "NAME", add = ArgValueCompleter::new(completions::secret_sets))]
    pub(super) secrets: Option<String>,

    /// The agent profile, which sets processors and memory
    #[arg(short = 'p', long, value_name = "NAME", add = ArgValueCompleter::new(completions::profiles))]
    pub(super) profile: Option<String>,

    /// Processors and memory in a self-hosted region, as in `cpu=2,memory=4Gi`
    #[arg(long, value_name = "QUANTITIES")]
    pub(super) resources: Option<String>,

    /// The region to deploy to
    #[arg(short = 'r', long, value_name = "CODE", add = ArgValueCompleter::new(completions::regions))]
    pub(super) region: Option<String>,

    /// What the image is built for: `amd64` or `arm64`
    #[arg(long, value_name = "NAME")]
    pub(super) architecture: Option<String>,

    /// How long a session may last, in seconds, from 60 to 14400
    #[arg(long, value_name = "SECONDS", value_parser = seconds(crate::project::values::SESSION_DURATION))]
    pub(super) max_session_duration: Option<u64>,

    /// The noise filter of Krisp VIVA: `tel` or `pro`
    #[arg(long, value_name = "MODEL")]
    pub(super) krisp_viva_audio_filter: Option<String>,

    /// Deploy even if nothing has changed, and do not ask
    #[arg(short = 'f', long)]
    pub(super) force: bool,

    /// Do not ask
    #[arg(short = 'y', long)]
    pub(super) yes: bool,

    /// The folder to build in the cloud
    #[arg(short = 'd', long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(super) build_dir: Option<String>,

    /// The Dockerfile, below that folder
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub(super) dockerfile: Option<String>,

    /// An existing cloud build to deploy
    #[arg(short = 'b', long, value_name = "ID")]
    pub(super) build_id: Option<String>,

    /// A GitHub repository to create the agent from; needs `--branch`
    #[arg(long, value_name = "OWNER/REPO")]
    pub(super) repo: Option<String>,

    /// Its branch
    #[arg(long, value_name = "NAME")]
    pub(super) branch: Option<String>,

    /// The Dockerfile in that repository
    #[arg(long, value_name = "PATH")]
    pub(super) dockerfile_path: Option<String>,

    /// The folder in that repository to build
    #[arg(long, value_name = "DIR")]
    pub(super) subdirectory: Option<String>,

    /// Show what would change, and change nothing
    #[arg(long)]
    pub(super) plan: bool,

    /// With `--plan`: exit status 3 if something would change
    #[arg(long, requires = "plan")]
    pub(super) exit_code: bool,

    /// Check everything that can be checked without changing anything, and list all problems
    #[arg(long, conflicts_with = "plan")]
    pub(super) check: bool,

    /// Print the JSON schema of the deploy file
    #[arg(long, conflicts_with_all = ["plan", "check"])]
    pub(super) schema: bool,

    /// How long to wait for the build, and for the deployment, in seconds [default: 600; from GitHub 1200]
    #[arg(long, value_name = "SECONDS", value_parser = seconds(1..=86_400))]
    pub(super) timeout: Option<u64>,

    /// End once the service has accepted the deployment
    #[arg(long)]
    pub(super) no_wait: bool,

    #[arg(long, value_name = "VALUE", hide = true)]
    deploy_config: Option<String>,

    #[command(flatten)]
    organization: InOrganization,
}

/// Reads a number in a range.
fn seconds(range: RangeInclusive<u64>) -> clap::builder::RangedU64ValueParser {
    clap::value_parser!(u64).range(range)
}

impl Options {
    /// Whether every question is answered with yes beforehand.
    pub(super) fn is_settled(&self) -> bool {
        self.yes || self.force
    }
}
