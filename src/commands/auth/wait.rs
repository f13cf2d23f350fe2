//! What `auth login` waits for: the browser that comes back, or its address pasted, whichever is
//! first.

use std::time::Duration;

use oauth2::AuthorizationCode;
use tokio::time::Instant;

use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::oauth::{AuthorizationRequest, CallbackOutcome, CallbackRequest, CallbackServer, Page};
use crate::output::Note;
use crate::prompt::Pasting;
use crate::store::Session;

/// The wait for somebody to approve.
pub(super) struct Wait<'a> {
    context: &'a Context,
    request: &'a AuthorizationRequest,
    /// Where the address can be pasted, if there is a terminal.
    pasting: Option<Pasting>,
    /// The beginning of an address.
    pasted: String,
    limit: Duration,
    until: Instant,
}

/// How the wait ended.
pub(super) struct Approval {
    pub session: Result<Session>,
    /// The browser that waits for its page; none if the address was pasted.
    pub callback: Option<CallbackRequest>,
}

/// The provider's authorization response (RFC 6749 section 4.1.2), and the browser that brought it.
type AuthorizationResponse = (Result<AuthorizationCode>, Option<CallbackRequest>);

impl<'a> Wait<'a> {
    /// Begins to wait.
    pub fn new(
        context: &'a Context,
        request: &'a AuthorizationRequest,
        pasting: Option<Pasting>,
        limit: Duration,
    ) -> Self {
        Self {
            context,
            request,
            pasting,
            pasted: String::new(),
            limit,
            until: Instant::now() + limit,
        }
    }

    /// Waits for the browser to come back with a code, or for one to be pasted, whichever is first,
    /// and exchanges it for a session. Of one that was pasted and that the provider does not know
    /// there may be another.
    pub async fn session(&mut self, server: &mut CallbackServer) -> Approval {
        let (session, callback) = loop {
            let response =
                tokio::time::timeout_at(self.until, self.authorization_response(server)).await;
            let (code, callback) = match response {
                Ok((Ok(code), callback)) => (code, callback),
                Ok((Err(error), callback)) => break (Err(error), callback),
                Err(_) => break (Err(self.timed_out()), None),
            };
            if callback.is_some() {
                // Whoever comes after the first callback that counts is too late.
                server.close();
            }
            let context = self.context;
            context.limit.restart();
            let request = self.request;
            let exchange = async {
                let _progress = context.printer.progress("signing in");
                request.complete(&context.http, code).await
            };
            match self.undisturbed(exchange).await {
                Err(error) if error.code() == Code::SessionEnded && callback.is_none() => {
                    let what = "the sign-in provider does not recognize that code; still waiting";
                    self.say(&Note::Warning(what.to_owned()));
                }
                Err(error) if error.code() == Code::SessionEnded => {
                    let error = error.with_code(Code::SignInFailed);
                    let error = error.hint("run `pipecat cloud auth login` again");
                    break (Err(error), callback);
                }
                exchanged => break (exchanged, callback),
            }
        };
        server.close();
        Approval { session, callback }
    }

    /// What comes back first, by the browser or pasted, and counts.
    async fn authorization_response(
        &mut self,
        server: &mut CallbackServer,
    ) -> AuthorizationResponse {
        loop {
            let pasting = async {
                match &mut self.pasting {
                    Some(pasting) => pasting.next().await,
                    None => std::future::pending().await,
                }
            };
            let (outcome, callback) = tokio::select! {
                callback = server.next() => {
                    (self.request.validate(&callback.query), Some(callback))
                }
                pasted = pasting => match pasted {
                    Ok(text) => (self.assemble(&text), None),
                    Err(error) => return (Err(error), None),
                },
            };
            match (outcome, callback) {
                (CallbackOutcome::Code(code), callback) => return (Ok(code), callback),
                (CallbackOutcome::Failed(error), callback) => return (Err(error), callback),
                (CallbackOutcome::Ignored(why), Some(callback)) => {
                    tracing::debug!("a callback was ignored: {why}");
                    callback.respond(Page::Foreign);
                }
                (CallbackOutcome::Ignored(why), None) => {
                    let what = format!("that does not work: {why}; still waiting");
                    self.say(&Note::Warning(what));
                }
                (CallbackOutcome::Incomplete, _) => {
                    let what = "that is only the beginning of the address; paste the rest";
                    self.say(&Note::Plain(what.to_owned()));
                }
            }
        }
    }

    fn timed_out(&self) -> Error {
        let seconds = self.limit.as_secs();
        Error::new(
            Code::TimedOut,
            format!("nobody signed in within {seconds} s"),
        )
        .hint("run `pipecat cloud auth login` again; `--timeout SECONDS` waits longer")
    }

    /// What was pasted, after what was pasted before it if that was only the beginning.
    fn assemble(&mut self, text: &str) -> CallbackOutcome {
        let whole = std::mem::take(&mut self.pasted) + text;
        let outcome = match self.request.validate_pasted(&whole) {
            CallbackOutcome::Ignored(_) => self.request.validate_pasted(text),
            outcome => outcome,
        };
        if matches!(outcome, CallbackOutcome::Incomplete) {
            self.pasted = whole;
        }
        outcome
    }

    /// Makes a remark above the line to paste into.
    fn say(&mut self, note: &Note) {
        if let Some(pasting) = &mut self.pasting {
            pasting.clear();
        }
        self.context.printer.note(note);
    }

    /// Does `work`, while nothing that is typed counts but Ctrl-C.
    pub async fn undisturbed<T>(&mut self, work: impl Future<Output = Result<T>>) -> Result<T> {
        match &mut self.pasting {
            Some(pasting) => pasting.meanwhile(work).await,
            None => work.await,
        }
    }
}
