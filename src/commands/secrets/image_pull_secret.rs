//! `secrets image-pull-secret`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap_complete::engine::ArgValueCompleter;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use super::show_command;
use super::wait::Wait;
use crate::api::login_redaction;
use crate::commands::{Confirm, InOrganization, Run, input, invalid, known_region, look_with};
use crate::completions;
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::http::check_segment;
use crate::output::{Note, Report, View};

const EXAMPLES: &str = "\
Examples:
  pipecat cloud secrets image-pull-secret dockerhub https://index.docker.io/v1/
  pipecat cloud secrets image-pull-secret ghcr ghcr.io --username ada --password-stdin < token.txt

Exit status: 0 stored; 1 refused; 2 there is no terminal to ask on";

/// No login is longer, in bytes.
const MOST: u64 = 64 << 10;

/// Store the credentials that private images are pulled with
///
/// Without CREDENTIALS, you are asked for the user name and, without showing it, for the password.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The name of the image pull secret
    #[arg(value_name = "NAME")]
    name: String,

    /// The registry
    #[arg(value_name = "HOST")]
    host: String,

    /// The user name and the password or token, as USERNAME:PASSWORD. Better left out, or given
    /// with the options below, which keep it out of the shell's history
    #[arg(value_name = "CREDENTIALS")]
    credentials: Option<SecretString>,

    /// USERNAME:PASSWORD from standard input
    #[arg(long, conflicts_with_all = ["credentials", "username"])]
    credentials_stdin: bool,

    /// The user name
    #[arg(
        long,
        value_name = "NAME",
        conflicts_with = "credentials",
        requires = "password_stdin"
    )]
    username: Option<String>,

    /// The password or token from standard input
    #[arg(long, requires = "username")]
    password_stdin: bool,

    /// Encode the credentials as Base64 (the default)
    #[arg(
        short = 'e',
        long,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        value_parser = clap::value_parser!(bool),
        overrides_with = "no_encode"
    )]
    encode: Option<bool>,

    /// The credentials are Base64 already
    #[arg(long, overrides_with = "encode")]
    no_encode: bool,

    /// The region to store it in
    #[arg(short = 'r', long, value_name = "CODE", add = ArgValueCompleter::new(completions::regions))]
    region: Option<String>,

    #[command(flatten)]
    wait: Wait,

    #[command(flatten)]
    confirm: Confirm,

    #[command(flatten)]
    organization: InOrganization,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        check_segment(&self.name)?;
        let login = self.login(context).await?;
        let organization = context.organization().await?.value;
        let api = context.api()?;
        let region = self.region.as_deref().filter(|code| !code.is_empty());
        let sets = {
            let _progress = context.printer.progress("looking for one of that name");
            let known = async {
                match region {
                    Some(code) => known_region(context, &organization, code).await,
                    None => Ok(()),
                }
            };
            let (known, sets) = tokio::join!(known, api.secret_sets(&organization, None));
            known?;
            sets?.value
        };
        let is_it =
            |set: &&crate::api::SecretSet| set.name == self.name && set.is_image_pull_secret();
        let present = sets.iter().find(is_it);
        if present.is_some() {
            let question = format!(
                "Overwrite the image pull secret {} of {organization}?",
                self.name
            );
            let declined = "the image pull secret was not stored";
            self.confirm.or_ask(context, &question, declined).await?;
        }
        let stored = {
            let _progress = context.printer.progress("storing the image pull secret");
            context.set_last_words(format!(
                "the image pull secret `{}` may have been stored",
                self.name
            ));
            let given = (self.host.as_str(), &login);
            let stored = api.store_image_pull_secret(&organization, &self.name, given, region);
            let command = show_command(&organization, "").replace("  ", " ");
            stored.await.map_err(|error| look_with(error, &command))?
        };
        let place = present.and_then(|set| set.region.clone());
        let report = Stored {
            action: if present.is_some() {
                "updated"
            } else {
                "created"
            },
            region: stored.or(place).or_else(|| region.map(str::to_owned)),
            name: self.name,
            host: self.host,
            is_ready: self.wait.is_wanted(),
            organization,
        };
        self.wait
            .until_ready(context, &report.organization, &report.name)
            .await
            .map_err(|error| error.redacted(&login_redaction(&login)))?;
        Ok(Box::new(report))
    }
}

impl Args {
    /// The login as it is sent.
    async fn login(&self, context: &Context) -> Result<SecretString> {
        let given = match (&self.credentials, &self.username) {
            (Some(credentials), _) => {
                if context.prompt.is_terminal() {
                    context.printer.note(&Note::Warning(
                        "the credentials are now in your shell's history; leave them off the command line to be asked for them"
                            .to_owned(),
                    ));
                }
                credentials.clone()
            }
            (None, Some(username)) => joined(username, from_stdin(context).await?.expose_secret()),
            (None, None) if self.credentials_stdin => from_stdin(context).await?,
            (None, None) => ask(context).await?,
        };
        if self.no_encode || self.encode == Some(false) {
            let decoded = STANDARD.decode(given.expose_secret().trim());
            let decoded = decoded.ok().and_then(|bytes| String::from_utf8(bytes).ok());
            let Some(decoded) = decoded.map(SecretString::from) else {
                return Err(invalid(
                    "with `--no-encode` the login must already be Base64",
                ));
            };
            check(&decoded)?;
            return Ok(given.expose_secret().trim().into());
        }
        check(&given)?;
        Ok(STANDARD.encode(given.expose_secret()).into())
    }
}

fn check(login: &SecretString) -> Result<()> {
    match login.expose_secret().split_once(':') {
        Some((username, password)) if !username.is_empty() && !password.is_empty() => Ok(()),
        _ => Err(invalid("a login has the form USERNAME:PASSWORD")),
    }
}

fn joined(username: &str, password: &str) -> SecretString {
    format!("{username}:{password}").into()
}

async fn from_stdin(context: &Context) -> Result<SecretString> {
    let bytes = input::stdin(context, "standard input", MOST).await?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| invalid("what is on standard input is not UTF-8"))?;
    let text = text.strip_suffix('\n').unwrap_or(text);
    Ok(text.strip_suffix('\r').unwrap_or(text).into())
}

async fn ask(context: &Context) -> Result<SecretString> {
    let answer = "`--username NAME --password-stdin` or `--credentials-stdin`";
    if !context.prompt.is_terminal() {
        return Err(Error::new(
            Code::PromptRequired,
            "no login was given, and there is no terminal to ask on",
        )
        .hint(format!("give it with {answer}")));
    }
    let username = context
        .prompt
        .text("User name for the registry:", answer)
        .await?;
    let password = context.prompt.secret("Token or password:", answer).await?;
    Ok(joined(&username, password.expose_secret()))
}

/// A login is stored.
struct Stored {
    organization: String,
    name: String,
    host: String,
    region: Option<String>,
    action: &'static str,
    is_ready: bool,
}

impl Report for Stored {
    fn json(&self) -> Value {
        json!({
            "imagePullSecret": self.name,
            "host": self.host,
            "organization": self.organization,
            "region": self.region,
            "action": self.action,
        })
    }

    fn plain(&self) -> View {
        let region = self.region.as_ref();
        let region = region.map_or_else(String::new, |region| format!(", region `{region}`"));
        View::Done(format!(
            "{} the image pull secret `{}` of `{}` for `{}`{region}",
            self.action, self.name, self.organization, self.host
        ))
    }

    fn notes(&self) -> Vec<Note> {
        if self.is_ready {
            return Vec::new();
        }
        vec![Note::Plain(
            "it is on its way to the region, which takes a few seconds; `--wait` waits for it"
                .to_owned(),
        )]
    }
}
