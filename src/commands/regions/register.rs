//! `regions register`.

use super::Record;
use crate::api::RegionSettings;
use crate::commands::{InOrganization, Run, invalid, look_with};
use crate::context::Context;
use crate::error::Result;
use crate::output::Report;

const EXAMPLES: &str = "\
Examples:
  pipecat cloud regions register pce-frankfurt --display-name 'Frankfurt cluster'
  pipecat cloud regions register pce-frankfurt --architectures amd64,arm64";

/// Register a region of your own, or change one
///
/// What you do not give keeps its value.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The region's key: a name that begins with `pce-`
    #[arg(value_name = "KEY")]
    key: String,

    /// The namespace of the cluster that agents run in
    #[arg(long, value_name = "NAME")]
    workloads_namespace: Option<String>,

    /// What images may be built for, with commas in between
    #[arg(long, value_name = "A,B")]
    architectures: Option<String>,

    /// What images are built for by default
    #[arg(long, value_name = "A")]
    default_architecture: Option<String>,

    /// Where WebSocket sessions of the region are reached
    #[arg(long, value_name = "URL")]
    ws_public_endpoint: Option<String>,

    /// The name for people
    #[arg(long, value_name = "TEXT")]
    display_name: Option<String>,

    #[command(flatten)]
    organization: InOrganization,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let architectures = self.architectures.as_deref().map(parts).transpose()?;
        let organization = context.organization().await?.value;
        let display_name = match self.display_name {
            None if context.may_ask() => {
                let question = format!(
                    "Display name of the region {} in {organization} (press Enter for none):",
                    self.key
                );
                context.prompt.optional_text(&question).await?
            }
            given => given,
        };
        let settings = RegionSettings {
            region_key: self.key,
            workloads_namespace: self.workloads_namespace,
            supported_architectures: architectures,
            default_architecture: self.default_architecture,
            ws_public_endpoint: self.ws_public_endpoint,
            display_name,
        };
        let _progress = context.printer.progress("registering the region");
        let key = &settings.region_key;
        context.set_last_words(format!("the region `{key}` may have been registered"));
        let registered = context.api()?.register_region(&organization, &settings);
        let region = registered.await.map_err(|error| {
            look_with(
                error,
                &format!("pipecat cloud regions show {key} -o {organization}"),
            )
        })?;
        Ok(Box::new(Record {
            done: Some(format!("registered the region `{key}` of `{organization}`")),
            organization,
            region,
        }))
    }
}

/// The parts between commas, of which there is at least one.
fn parts(list: &str) -> Result<Vec<String>> {
    let parts = list
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty());
    let parts: Vec<String> = parts.map(str::to_owned).collect();
    if parts.is_empty() {
        return Err(
            invalid("`--architectures` is empty").hint("leave it out to keep the current ones")
        );
    }
    Ok(parts)
}
