//! `auth whoami`: who is signed in, and where.

use std::time::SystemTime;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::api::{Organization, User, WithRaw};
use crate::commands::{Run, not_a_member};
use crate::context::Context;
use crate::error::Result;
use crate::output::{Field, Note, Report, View, until};
use crate::settings::{Key, Setting, Source, is_pat};

const EXAMPLES: &str = "\
Examples:
  pipecat cloud auth whoami
  pipecat cloud --output json auth whoami | jq -r .user.userId
  PIPECAT_TOKEN=pcc_pat_... pipecat cloud auth whoami

Exit status: 0 even if you are not a member of the active organization; 1 not signed in, or refused";

/// Show who is signed in, the active organization and its Daily API key
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {}

/// Who is signed in.
struct Whoami {
    user: WithRaw<User>,
    organization: Option<Organization>,
    /// An active organization that the account is no member of, and what is said about it.
    not_a_member_of: Option<(Setting, Vec<Note>)>,
    daily_key: Option<WithRaw<Option<SecretString>>>,
    method: &'static str,
    source: String,
    /// When the token runs out, in seconds since 1970, where that is known.
    expires_at: Option<f64>,
    is_renewed: bool,
    now: SystemTime,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let _progress = context.printer.progress("looking up your account");
        let api = context.api()?;
        let source = context.settings.token()?.map(|(_, source)| source);
        let chosen = context.settings.get(Key::Org)?;
        // All at once where the organization is known; otherwise its key is asked for afterwards.
        let known_daily_key = async {
            Ok(match &chosen {
                Some(chosen) => Some(api.daily_key(&chosen.value).await),
                None => None,
            })
        };
        let (user, organizations, daily_key) =
            tokio::try_join!(api.user(), api.organizations(), known_daily_key)?;

        let organization = match &chosen {
            Some(chosen) => {
                let mut all = organizations.iter().map(|one| &one.value);
                all.find(|one| one.name == chosen.value)
            }
            None => Some(context.first_organization(&organizations)?),
        };
        let daily_key = match (daily_key, organization) {
            (_, None) => None,
            (Some(known), _) => Some(known),
            (None, Some(organization)) => Some(api.daily_key(&organization.name).await),
        };
        let not_a_member_of = chosen.filter(|_| organization.is_none());
        let token = api.token().await?;
        // As it is now: it may just have been renewed.
        let is_from_file = matches!(source, Some(Source::File(_)));
        let stored = is_from_file.then(|| context.read_store().ok()?.session());
        let stored = stored.flatten();
        let stored = stored.filter(|one| one.access_token.expose_secret() == token.expose_secret());
        Ok(Box::new(Whoami {
            user,
            source: source.map_or_else(String::new, |source| source.to_string()),
            expires_at: stored.as_ref().and_then(|session| session.expires_at),
            is_renewed: stored.is_some_and(|session| session.refresh_token.is_some()),
            now: SystemTime::now(),
            not_a_member_of: not_a_member_of.map(|other| {
                let own = organizations.iter().map(|one| &one.value);
                let notes = not_a_member(&other, own);
                (other, notes)
            }),
            organization: organization.cloned(),
            // Not having it, or not being told, is no failure of this command.
            daily_key: daily_key.and_then(Result::ok).flatten(),
            method: if is_pat(&token) { "PAT" } else { "OAuth" },
        }))
    }
}

impl Report for Whoami {
    fn json(&self) -> Value {
        json!({
            "user": self.user.raw,
            "organization": self.organization.as_ref().map(Organization::to_json),
            "dailyApiKey": self.daily_key.as_ref().map(|key| &key.raw),
            "authMethod": self.method,
            "tokenSource": self.source.replace('`', ""),
            "tokenExpiresAt": self.expires_at,
        })
    }

    fn plain(&self) -> View {
        let user = &self.user.value;
        let organization = match (&self.organization, &self.not_a_member_of) {
            (Some(organization), _) => organization.label(),
            (None, Some((other, _))) => format!("{} (you are not a member)", other.value),
            (None, None) => "N/A".to_owned(),
        };
        let daily_key = self.daily_key.as_ref().and_then(|key| key.value.as_ref());
        let daily_key = daily_key.map_or("N/A", ExposeSecret::expose_secret);
        let expiry = match (self.expires_at, self.is_renewed) {
            (None, _) => None,
            (Some(at), true) => Some(format!(
                "{}, then renewed automatically",
                until(at, self.now)
            )),
            (Some(at), false) => Some(until(at, self.now)),
        };
        let expiry = expiry.map(|expiry| Field::new("Token Expires", expiry));
        let known = [
            Field::new("User", user.label()),
            Field::new("User ID", &user.id),
            Field::new("Active Organization", organization),
            Field::new("Auth Method", self.method),
            Field::new("Daily API Key", daily_key),
            Field::new("Token Source", self.source.replace('`', "")),
        ];
        View::Fields(known.into_iter().chain(expiry).collect())
    }

    fn notes(&self) -> Vec<Note> {
        let notes = self.not_a_member_of.iter().flat_map(|(_, notes)| notes);
        notes.cloned().collect()
    }
}
