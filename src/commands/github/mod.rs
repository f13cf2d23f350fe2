//! `pipecat cloud github`.

mod branches;
mod connect;
mod disconnect;
mod repos;
mod status;

use super::noun;
use crate::api::{Installation, WithRaw};
use crate::output::{Field, Note};

noun! {
    /// The organization's connection to GitHub
    Github {
        Status(status::Args),
        Repos(repos::Args),
        Branches(branches::Args),
        Connect(connect::Args),
        Disconnect(disconnect::Args),
    }
}

/// What there is to know of an installation, and nothing where there is none.
fn fields(installation: Option<&WithRaw<Installation>>) -> Vec<Field> {
    let Some(WithRaw {
        value: installation,
        ..
    }) = installation
    else {
        return Vec::new();
    };
    let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "—".to_owned());
    let status = match &installation.suspended_at {
        Some(since) => format!("Suspended ({since})"),
        None => "Active".to_owned(),
    };
    vec![
        Field::new("Account", text(&installation.account)),
        Field::new("Account type", text(&installation.account_type)),
        Field::new("Installation ID", text(&installation.id)),
        Field::new("Status", status),
        Field::new("Manage on GitHub", manage(installation)),
    ]
}

/// The page on GitHub where the installation is managed.
fn manage(installation: &Installation) -> String {
    let (Some(id), account) = (&installation.id, installation.account.as_deref()) else {
        return "—".to_owned();
    };
    let is_organization = |kind: &String| kind.eq_ignore_ascii_case("organization");
    match account {
        Some(login)
            if installation
                .account_type
                .as_ref()
                .is_some_and(is_organization) =>
        {
            format!("https://github.com/organizations/{login}/settings/installations/{id}")
        }
        _ => format!("https://github.com/settings/installations/{id}"),
    }
}

/// What there is to know of an installation that is suspended.
fn suspended(installation: Option<&WithRaw<Installation>>) -> Vec<Note> {
    let is_suspended = |one: &&WithRaw<Installation>| one.value.suspended_at.is_some();
    let note =
        |_| Note::Warning("the installation is suspended: nothing can be deployed".to_owned());
    installation
        .filter(is_suspended)
        .map(note)
        .into_iter()
        .collect()
}
