//! A session between the provider and the file.

use std::rc::Rc;
use std::time::Duration;

use super::SignedIn;
use crate::context::Context;
use crate::error::Result;
use crate::oauth::{Revocation, revoke};
use crate::output::Note;
use crate::store::Session;

/// Whoever interrupts a sign-in does not wait longer than this for the new session's end.
const ENDING_LIMIT: Duration = Duration::from_secs(3);

/// A session that is not in the file yet. If it does not get there, it does not live on at the
/// service either.
pub(super) struct Unstored<'a> {
    context: &'a Context,
    pub(super) session: Session,
    is_settled: bool,
}

impl<'a> Unstored<'a> {
    pub(super) fn new(context: &'a Context, session: Session) -> Self {
        Self {
            context,
            session,
            is_settled: false,
        }
    }

    /// Ends the session if it was not `stored`, and says what has become of it.
    pub(super) async fn end_unless(mut self, stored: Result<SignedIn>) -> Result<SignedIn> {
        let Err(error) = stored else {
            self.is_settled = true;
            return stored;
        };
        let context = self.context;
        context.limit.restart();
        let progress = context.printer.progress("ending the new session");
        let revocation = revoke(&context.http, context.settings.api_host(), &self.session).await;
        self.is_settled = true;
        drop(progress);
        match revocation {
            Revocation::Confirmed => {
                let what = "the new session was ended at the service; nothing was stored";
                context.printer.note(&Note::Plain(what.to_owned()));
                Err(error)
            }
            Revocation::Unconfirmed(cause) => {
                let page = context.settings.dashboard("/sign-out")?;
                Err(error.hint(format!(
                    "the new session could not be ended ({cause}) and stays valid for up to a day; end it at {page}"
                )))
            }
            Revocation::NotApplicable => Err(error),
        }
    }
}

impl Drop for Unstored<'_> {
    /// The command was interrupted.
    fn drop(&mut self) {
        if self.is_settled || std::thread::panicking() {
            return;
        }
        let what = "ending the new session at the service, since it was not stored";
        self.context.printer.note(&Note::Plain(what.to_owned()));
        let http = Rc::clone(&self.context.http);
        let api_host = self.context.settings.api_host();
        let session = self.session.clone();
        self.context.see_through(async move {
            let revocation = revoke(&http, api_host, &session);
            let _ = tokio::time::timeout(ENDING_LIMIT, revocation).await;
        });
    }
}
