//! `auth token`: the token in force, for scripts.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use crate::commands::Run;
use crate::context::Context;
use crate::error::Result;
use crate::output::{Report, View};

const EXAMPLES: &str = r#"Examples:
  curl -H "Authorization: Bearer $(pipecat cloud auth token)" https://api.pipecat.daily.co/v1/users"#;

/// Print the access token in force, renewed if necessary
///
/// For scripts that talk to the service themselves. The token stands alone on stdout.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let _progress = context.printer.progress("renewing the session");
        Ok(Box::new(Token(context.api()?.sound_token().await?)))
    }
}

/// The token, which is what was asked for.
struct Token(SecretString);

impl Report for Token {
    fn json(&self) -> Value {
        json!({"token": self.0.expose_secret()})
    }

    fn plain(&self) -> View {
        View::Line(self.0.expose_secret().to_owned())
    }
}
