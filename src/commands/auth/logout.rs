//! `auth logout`: ends the session at the service, and takes it out of the file in any case.

use std::time::Duration;

use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::commands::{ConfigUse, Run};
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::oauth::{Revocation, has_run_out, revoke};
use crate::output::{Note, Report, View};
use crate::settings::{Key, is_pat};
use crate::store::{Locked, OnMalformed, Session};

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
const STILL_COUNTS: &str =
    "`PIPECAT_TOKEN` is still set, and keeps you signed in; unset it to sign out";

/// Signing out does not wait longer for the provider than this.
const RENEWAL_PATIENCE: Duration = Duration::from_secs(10);

/// Somebody has signed out.
struct SignedOut {
    end: End,
    path: String,
    notes: Vec<Note>,
}

/// What became of the session at the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// It has been ended.
    Revoked,
    /// It was over before.
    Over,
    /// Nobody knows.
    Unconfirmed,
    /// It cannot be ended from here.
    NotApplicable,
}

async fn logout(context: &Context) -> Result<SignedOut> {
    if matches!(context.store.read(), Ok(document) if document.session().is_none()) {
        return Err(not_signed_in(context));
    }
    let mut locked = lock(context).await?;
    let mut session = locked.document().session();
    if session.is_none() && !locked.replaces_malformed() {
        return Err(not_signed_in(context));
    }
    let mut notes = Vec::new();
    let end = match &mut session {
        // A file that cannot be read has nothing that could be revoked.
        None => End::NotApplicable,
        Some(session) if is_pat(&session.access_token) => {
            let page = context.settings.dashboard("/account/tokens")?;
            notes.push(Note::Hint(format!(
                "the personal access token itself stays valid; delete it at {page}"
            )));
            End::NotApplicable
        }
        Some(session) => {
            let ended;
            (locked, ended) = end(context, locked, session).await?;
            notes.extend(remarks(context, session, &ended)?);
            match ended {
                Revocation::Confirmed => End::Revoked,
                Revocation::Unconfirmed(error) if error.code() == Code::SessionEnded => End::Over,
                Revocation::Unconfirmed(_) => End::Unconfirmed,
                Revocation::NotApplicable => End::NotApplicable,
            }
        }
    };
    let mut is_another = false;
    let kept = locked.edit(|document| {
        // Somebody who knows no lock may have signed in meanwhile.
        let now = document.session();
        is_another = now.is_some_and(|now| !session.is_some_and(|ended| is_part_of(&now, &ended)));
        if is_another {
            Ok(())
        } else {
            document.remove_session()
        }
    })?;
    context.say_kept(kept);
    let path = context.store.path().display().to_string();
    if is_another {
        notes.push(Note::Warning(format!(
            "someone has signed in in the meantime; that session stays in `{path}`"
        )));
    }
    if !context.settings.overridden(&[(Key::Token, "")]).is_empty() {
        notes.push(Note::Warning(STILL_COUNTS.to_owned()));
    }
    Ok(SignedOut { end, path, notes })
}

async fn lock(context: &Context) -> Result<Locked> {
    let patience = context.limit.remaining();
    context.store.lock(patience, OnMalformed::SetAside).await
}

/// Ends the session at the service, which takes an access token that works: one that has run out is
/// renewed first. `session` is then what it was renewed to.
async fn end(
    context: &Context,
    mut locked: Locked,
    session: &mut Session,
) -> Result<(Locked, Revocation)> {
    let _progress = context.printer.progress("ending the session");
    if session.refresh_token.is_none() {
        return Ok((locked, Revocation::NotApplicable));
    }
    let renewal = match context.renewal() {
        Ok(renewal) => renewal,
        Err(error) => return Ok((locked, Revocation::Unconfirmed(error))),
    };
    if let Err(error) = renewal.check_service(&locked, session) {
        return Ok((locked, Revocation::Unconfirmed(error)));
    }
    let mut is_due = has_run_out(session);
    loop {
        if is_due {
            // The renewal takes the lock itself.
            drop(locked);
            let renewed = renewal.renew_to_end(session, RENEWAL_PATIENCE).await;
            locked = lock(context).await?;
            match renewed {
                Ok(renewed) => *session = renewed,
                Err(error) => return Ok((locked, Revocation::Unconfirmed(error))),
            }
        }
        let ended = revoke(&context.http, context.settings.api_host(), session).await;
        match &ended {
            Revocation::Unconfirmed(error) if error.code() == Code::Unauthorized && !is_due => {
                is_due = true;
            }
            _ => return Ok((locked, ended)),
        }
    }
}

/// What there is to say of a session that has not been ended.
fn remarks(context: &Context, session: &Session, ended: &Revocation) -> Result<Vec<Note>> {
    let page = context.settings.dashboard("/sign-out")?;
    Ok(match ended {
        Revocation::Confirmed => Vec::new(),
        Revocation::Unconfirmed(error) if error.code() == Code::SessionEnded => Vec::new(),
        Revocation::Unconfirmed(error) => vec![
            Note::Warning(format!(
                "the service did not confirm that the session has ended: {error}"
            )),
            Note::Hint(format!("it may still be valid there; end it at {page}")),
        ],
        Revocation::NotApplicable if has_run_out(session) => Vec::new(),
        Revocation::NotApplicable => vec![Note::Hint(format!(
            "the session stays valid until it expires, within a day; end it at {page}"
        ))],
    })
}

/// Whether a session in the file is the one that was ended, or a part of it.
fn is_part_of(session: &Session, ended: &Session) -> bool {
    let refresh_token = |session: &Session| {
        let token = session.refresh_token.as_ref()?;
        Some(token.expose_secret().to_owned())
    };
    let is_same = session.access_token.expose_secret() == ended.access_token.expose_secret();
    is_same || refresh_token(session).is_some_and(|token| Some(token) == refresh_token(ended))
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
        // Whether it has ended at the service; null where it cannot be ended from here.
        let revoked = match self.end {
            End::Revoked | End::Over => Some(true),
            End::Unconfirmed => Some(false),
            End::NotApplicable => None,
        };
        json!({"signedOut": true, "revoked": revoked, "configPath": self.path})
    }

    fn plain(&self) -> View {
        let done = match self.end {
            End::Revoked => "signed out, and the session was ended at the service",
            End::Over => "signed out; the session had already ended at the service",
            End::Unconfirmed | End::NotApplicable => "signed out on this machine",
        };
        View::Done(done.to_owned())
    }

    fn notes(&self) -> Vec<Note> {
        self.notes.clone()
    }
}
