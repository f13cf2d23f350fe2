//! `pipecat cloud auth`.

mod login;
mod logout;
mod token;
mod unstored;
mod use_pat;
mod wait;
mod whoami;

use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::{noun, overridden};
use crate::api::{Api, Organization, User, WithRaw};
use crate::context::Context;
use crate::error::Result;
use crate::limit::optional;
use crate::output::{Note, Report, View};
use crate::settings::Key;
use crate::store::{Document, OnMalformed, Session, keys};

noun! {
    /// Sign in and out, and see who is signed in
    Auth {
        Login(login::Args),
        Logout(logout::Args),
        UsePat(use_pat::Args),
        Whoami(whoami::Args),
        Token(token::Args),
    }
}

/// Somebody has signed in.
pub struct SignedIn {
    user: Option<WithRaw<User>>,
    organization: Organization,
    method: &'static str,
    path: String,
    notes: Vec<Note>,
}

/// What both ways of signing in end with: finds out whose the session is and stores it. Nothing is
/// stored unless all of it works.
///
/// The organization that is active in the file when it is written stays so if the account is a
/// member of it: it may have been chosen while the person was in the browser. A variable only
/// decides where the file does not, since it is gone with its shell.
async fn store_session(context: &Context, api: &Api, session: &Session) -> Result<SignedIn> {
    let _progress = context.printer.progress("looking up your account");
    // Who it is matters less than that it works.
    let (organizations, user) = tokio::join!(api.organizations(), optional(api.user()));
    let organizations = organizations?;
    let first = context.first_organization(&organizations)?;
    // What cannot be read is chosen anew.
    let by_variable = context.settings.environment().get(Key::Org.variable());
    let by_variable = by_variable.ok().flatten();
    let member = |name: Option<&str>| {
        let mut usable = organizations.iter().map(|one| &one.value);
        usable.find(|one| one.is_usable() && Some(one.name.as_str()) == name)
    };
    let mut active = first;
    let store = |document: &mut Document| {
        let stored = document.get(keys::ORG).and_then(|name| name.as_str());
        active = member(stored)
            .or_else(|| member(by_variable))
            .unwrap_or(first);
        document.set_session(session)?;
        document.set(keys::ORG, active.name.as_str())
    };
    context.edit(OnMalformed::SetAside, store).await?;
    if session.refresh_token.is_some() {
        context.remember_origin(session).await;
    }
    Ok(SignedIn {
        user,
        organization: active.clone(),
        method: if session.refresh_token.is_some() || session.expires_at.is_some() {
            "OAuth"
        } else {
            "PAT"
        },
        path: context.store.path().display().to_string(),
        notes: overridden(
            context,
            &[
                (Key::Token, session.access_token.expose_secret()),
                (Key::Org, &active.name),
            ],
        ),
    })
}

impl Report for SignedIn {
    fn json(&self) -> Value {
        let mut object = json!({});
        if let Some(user) = &self.user {
            object["user"] = user.raw.clone();
        }
        object["organization"] = self.organization.to_json();
        object["authMethod"] = json!(self.method);
        object["configPath"] = json!(self.path);
        object
    }

    fn plain(&self) -> View {
        let who = self
            .user
            .as_ref()
            .map(|user| format!(" as {}", user.value.label()));
        View::Done(format!(
            "signed in{}, active organization {}",
            who.unwrap_or_default(),
            self.organization.label(),
        ))
    }

    fn notes(&self) -> Vec<Note> {
        let stored = Note::Plain(format!("stored in `{}`", self.path));
        std::iter::once(stored).chain(self.notes.clone()).collect()
    }
}
