//! `auth whoami`: who is signed in, and where.

use serde_json::{Value, json};

use crate::api::{Organization, Received, User};
use crate::context::{Context, is_pat};
use crate::error::Result;
use crate::output::{Field, Note, Report, View};
use crate::settings::{Key, Setting};

/// Who is signed in.
pub struct Whoami {
    user: Received<User>,
    organization: Option<Organization>,
    /// An active organization that the account is no member of.
    foreign: Option<Setting>,
    daily_key: Option<Received<Option<String>>>,
    method: &'static str,
}

pub async fn whoami(context: &Context) -> Result<Whoami> {
    let _progress = context.talk.progress("looking up your account");
    let api = context.api()?;
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

    let mut names = organizations
        .into_iter()
        .map(|organization| organization.value);
    let organization = match &chosen {
        Some(chosen) => names.find(|one| one.name == chosen.value),
        None => Some(names.next().ok_or_else(|| context.no_organizations())?),
    };
    let daily_key = match (daily_key, &organization) {
        (_, None) => None,
        (Some(known), _) => Some(known),
        (None, Some(organization)) => Some(api.daily_key(&organization.name).await),
    };
    Ok(Whoami {
        user,
        foreign: chosen.filter(|_| organization.is_none()),
        organization,
        // Not having it, or not being told, is no failure of this command.
        daily_key: daily_key.and_then(Result::ok).flatten(),
        method: if is_pat(&api.token().await?) {
            "PAT"
        } else {
            "OAuth"
        },
    })
}

impl Report for Whoami {
    fn json(&self) -> Value {
        json!({
            "user": self.user.raw,
            "organization": self.organization.as_ref().map(Organization::to_json),
            "dailyApiKey": self.daily_key.as_ref().map(|key| &key.raw),
            "authMethod": self.method,
        })
    }

    fn plain(&self) -> View {
        let user = &self.user.value;
        let organization = match (&self.organization, &self.foreign) {
            (Some(organization), _) => organization.label(),
            (None, Some(foreign)) => format!("{} (you are not a member)", foreign.value),
            (None, None) => "N/A".to_owned(),
        };
        let daily_key = self.daily_key.as_ref().and_then(|key| key.value.clone());
        View::Fields(vec![
            Field::new("User", user.label()),
            Field::new("User ID", &user.id),
            Field::new("Active Organization", organization),
            Field::new("Auth Method", self.method),
            Field::new(
                "Daily API Key",
                daily_key.unwrap_or_else(|| "N/A".to_owned()),
            ),
        ])
    }

    fn notes(&self) -> Vec<Note> {
        let foreign = self.foreign.iter();
        foreign.flat_map(Context::not_a_member).collect()
    }
}
