//! `regions enroll-token`.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use super::missing;
use crate::commands::{InOrganization, Run, look_with};
use crate::context::Context;
use crate::error::Result;
use crate::http::check_segment;
use crate::output::{Field, Note, Report, View};

const EXAMPLES: &str = "\
Examples:
  pipecat cloud regions enroll-token pce-frankfurt
  pipecat cloud regions enroll-token pce-frankfurt --output json | jq -r .token |
    kubectl -n pipecat-system create secret generic pipecat-region-enroll-token --from-file=token=/dev/stdin";

/// What gives the token to the cluster, but for the token.
const KUBECTL: &str = "kubectl -n pipecat-system create secret generic pipecat-region-enroll-token";

/// Create a token that enrolls a cluster as a region of yours
///
/// It is shown only once, works only once, and is valid for an hour.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The region's key
    #[arg(value_name = "KEY")]
    key: String,

    #[command(flatten)]
    organization: InOrganization,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        check_segment(&self.key)?;
        let organization = context.organization().await?.value;
        let _progress = context.printer.progress("creating the enrollment token");
        let token = context.api()?.enrollment_token(&organization, &self.key);
        let token = token.await.map_err(|error| {
            let command = format!("pipecat cloud regions show {} -o {organization}", self.key);
            look_with(missing(error, &organization, &self.key), &command)
        })?;
        Ok(Box::new(EnrollToken {
            organization,
            region: self.key,
            token,
        }))
    }
}

/// A token, which is what was asked for.
struct EnrollToken {
    organization: String,
    region: String,
    token: SecretString,
}

impl EnrollToken {
    fn command(&self) -> String {
        format!(
            "{KUBECTL} --from-literal=token={}",
            self.token.expose_secret()
        )
    }
}

impl Report for EnrollToken {
    fn json(&self) -> Value {
        json!({
            "region": self.region,
            "token": self.token.expose_secret(),
            "kubectlCommand": self.command(),
        })
    }

    fn plain(&self) -> View {
        View::Fields(vec![
            Field::new("Region", &self.region),
            Field::new("Token", self.token.expose_secret()),
            Field::new("Kubectl Command", self.command()),
        ])
    }

    fn done(&self) -> Option<String> {
        let Self {
            region,
            organization,
            ..
        } = self;
        Some(format!(
            "created an enrollment token for the region `{region}` of `{organization}`"
        ))
    }

    fn notes(&self) -> Vec<Note> {
        vec![
            Note::Warning(
                "the token is shown only this once, and is valid for one hour".to_owned(),
            ),
            Note::Hint(format!(
                "to keep it out of the process list, pass it on standard input: `{KUBECTL} --from-file=token=/dev/stdin`"
            )),
        ]
    }
}
