//! `pipecat cloud github`.

mod branches;
mod connect;
mod disconnect;
mod repos;
mod status;

use super::noun;
use crate::api::{Installation, WithRaw};
use crate::output::{Note, Row, Table, View};

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

/// An installation, and nothing where there is none.
fn view(installation: Option<&WithRaw<Installation>>) -> View {
    let rows = installation.map_or_else(Vec::new, |installation| rows(&installation.value));
    View::Table(Table {
        columns: vec!["Field", "Value"],
        rows,
    })
}

fn rows(installation: &Installation) -> Vec<Row> {
    let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "—".to_owned());
    let status = match &installation.suspended_at {
        Some(since) => format!("Suspended ({since})"),
        None => "Active".to_owned(),
    };
    vec![
        Row::new(["Account", &text(&installation.account)]),
        Row::new(["Account type", &text(&installation.account_type)]),
        Row::new(["Installation ID", &text(&installation.id)]),
        Row::new(["Status", &status]),
        Row::new(["Manage on GitHub", &manage(installation)]),
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
    let note = |_| Note::Warning("the installation is suspended: nothing deploys".to_owned());
    installation
        .filter(is_suspended)
        .map(note)
        .into_iter()
        .collect()
}
