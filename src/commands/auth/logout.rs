//! `auth logout`: ends the session at the service, and takes it out of the file in any case.

use serde_json::{Value, json};

use crate::commands::{ConfigUse, Run};
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::oauth::{Revocation, revoke};
use crate::output::{Note, Report, View};
use crate::settings::{Key, is_pat};
use crate::store::OnMalformed;

const EXAMPLES: &str = "\
Examples:
  pipecat cloud auth logout
  pipecat cloud --output json auth logout | jq .revoked

Exit status: 0 signed out on this machine, whatever the service said; 1 not signed in";

/// Sign out: end the session and remove it from the configuration file
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {}

impl Run for Args {
    fn config_use(&self) -> ConfigUse {
        ConfigUse::Replaced
    }

    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        Ok(Box::new(logout(context).await?))
    }
}

/// What there is to know where a variable holds a token too.
const STILL_COUNTS: &str = "`PIPECAT_TOKEN` is set and still counts; unset it to be signed out";

/// Somebody has signed out.
struct SignedOut {
    /// Whether the session has ended at the service; nothing where it cannot be ended from here.
    revoked: Option<bool>,
    path: String,
    notes: Vec<Note>,
}

async fn logout(context: &Context) -> Result<SignedOut> {
    if matches!(context.store.read(), Ok(document) if document.session().is_none()) {
        return Err(not_signed_in(context));
    }
    let patience = context.limit.remaining();
    let mut locked = context.store.lock(patience, OnMalformed::SetAside).await?;
    let session = locked.document().session();
    if session.is_none() && !locked.replaces_malformed() {
        return Err(not_signed_in(context));
    }
    let mut notes = Vec::new();
    let revoked = match &session {
        // A file that cannot be read has nothing that could be revoked.
        None => None,
        Some(session) if is_pat(&session.access_token) => {
            let page = context.settings.dashboard("/account/tokens")?;
            notes.push(Note::Hint(format!(
                "the personal access token itself stays valid; delete it at {page}"
            )));
            None
        }
        Some(session) => {
            let _progress = context.printer.progress("ending the session");
            let page = context.settings.dashboard("/sign-out")?;
            let meanwhile = format!(
                "until it runs out, within a day, the session stays valid; end it at {page}"
            );
            match revoke(&context.http, context.settings.api_host(), session).await {
                Revocation::Confirmed => Some(true),
                Revocation::Unconfirmed(error) => {
                    notes.push(Note::Warning(format!(
                        "the service did not confirm the end of the session: {error}"
                    )));
                    notes.push(Note::Hint(meanwhile));
                    Some(false)
                }
                Revocation::NotApplicable => {
                    notes.push(Note::Hint(meanwhile));
                    None
                }
            }
        }
    };
    let kept = locked.edit(crate::store::Document::remove_session)?;
    context.say_kept(kept);
    if !context.settings.overridden(&[(Key::Token, "")]).is_empty() {
        notes.push(Note::Warning(STILL_COUNTS.to_owned()));
    }
    Ok(SignedOut {
        revoked,
        path: context.store.path().display().to_string(),
        notes,
    })
}

fn not_signed_in(context: &Context) -> Error {
    let path = context.store.path().display();
    let error = Error::new(
        Code::NotSignedIn,
        format!("you are not signed in: there is no session in `{path}`"),
    );
    if context.settings.overridden(&[(Key::Token, "")]).is_empty() {
        error
    } else {
        error.hint(STILL_COUNTS)
    }
}

impl Report for SignedOut {
    fn json(&self) -> Value {
        json!({"signedOut": true, "revoked": self.revoked, "configPath": self.path})
    }

    fn plain(&self) -> View {
        View::Done(match self.revoked {
            Some(true) => "signed out, and the session was ended at the service".to_owned(),
            Some(false) | None => "signed out on this machine".to_owned(),
        })
    }

    fn notes(&self) -> Vec<Note> {
        self.notes.clone()
    }
}
