//! What is about to be deployed, shown before it is, and the question whether to.

use super::look::Found;
use super::plan::{Plan, shown};
use super::wanted::{Wanted, What};
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::output::Note;

/// Shows the review, and asks unless that is settled.
pub(super) async fn review(
    context: &Context,
    wanted: &Wanted,
    found: &Found,
    plan: &Plan,
    is_settled: bool,
) -> Result<()> {
    let rows = rows(wanted, found, plan);
    let widest = rows.iter().map(|(label, _)| label.len()).max();
    for (label, value) in &rows {
        let gap = " ".repeat(widest.unwrap_or_default() - label.len() + 2);
        let row = Note::Plain(format!("{label}{gap}{value}"));
        context.printer.note(&row);
    }
    if plan.is_there {
        for change in &plan.changes {
            let (from, to) = (shown(&change.from), plan.shown_to(change));
            let line = format!("  {}: {from} -> {to}", change.field);
            context.printer.note(&Note::Plain(line));
        }
        if !plan.changes_anything() {
            let what =
                "nothing has changed; without `--force`, the service may not deploy it again";
            context.printer.note(&Note::Plain(what.to_owned()));
        }
    }
    for note in &plan.notes {
        context.printer.note(note);
    }
    if is_settled {
        return Ok(());
    }
    let Plan {
        agent,
        organization,
        ..
    } = plan;
    let question = if plan.is_there && !plan.changes_anything() {
        format!("Send {agent} to {organization} unchanged?")
    } else if plan.is_there {
        format!("Update {agent} in {organization}? Running sessions are not cut off.")
    } else {
        format!("Create {agent} in {organization}?")
    };
    let answered = context.prompt.confirm_harmless(&question, "`--yes`").await;
    match answered {
        Ok(true) => Ok(()),
        Err(error) if error.code() != Code::Declined => Err(error),
        // Something may have been built.
        Ok(false) | Err(_) => Err(Error::new(Code::Declined, "nothing was deployed")),
    }
}

/// The review, line by line.
fn rows(wanted: &Wanted, found: &Found, plan: &Plan) -> Vec<(&'static str, String)> {
    let mut rows = vec![("Agent", wanted.agent.clone())];
    let mut add = |label, value: Option<String>| {
        if let Some(value) = value {
            rows.push((label, value));
        }
    };
    match &wanted.what {
        What::Image(image) => add("Image", Some(image.value.clone())),
        What::Build(id) => add("Build", Some(id.value.clone())),
        What::Folder => {
            let cached = plan.build.as_ref().and_then(|build| build.cached.clone());
            add("Build", cached.or_else(|| Some("a new one".to_owned())));
        }
        What::Git(git) => {
            let source = format!("{}@{}", git.repo_full_name, git.branch);
            add("GitHub", Some(source));
            add("Dockerfile", git.dockerfile_path.clone());
            add("Subdirectory", git.subdirectory.clone());
        }
    }
    add("Organization", Some(plan.organization.clone()));
    let region = found.region.as_ref().map(|region| {
        let remark = if found.is_default_region {
            " (the organization's default)"
        } else {
            ""
        };
        format!("{region}{remark}")
    });
    add("Region", region);
    let text = |value: &Option<super::wanted::Sourced<String>>| {
        value.as_ref().map(|sourced| sourced.value.clone())
    };
    add("Secret set", text(&wanted.secret_set));
    if matches!(wanted.what, What::Image(_)) {
        let login = text(&wanted.credentials);
        add("Pull secret", login.or_else(|| Some("none".to_owned())));
    }
    add("Profile", text(&wanted.profile));
    let resources = wanted.resources.as_ref().map(|resources| {
        let (cpu, memory) = &resources.value;
        format!("cpu={cpu}, memory={memory}")
    });
    add("Resources", resources);
    let architecture = wanted.architecture.as_ref();
    add(
        "Architecture",
        architecture.map(|one| one.value.to_string()),
    );
    let filter = wanted.audio_filter.as_ref();
    add("Krisp VIVA", filter.map(|filter| filter.value.to_string()));
    add("WebSocket auth", text(&wanted.websocket_auth));
    let limit = wanted.max_session_duration.as_ref();
    add(
        "Session limit",
        limit.map(|limit| format!("{} s", limit.value)),
    );
    let max = wanted.max_agents.as_ref();
    add("Min agents", Some(cost(wanted.min_agents.value)));
    add("Max agents", max.map(|max| max.value.to_string()));
    rows
}

/// What instances that are kept ready cost.
fn cost(min_agents: u64) -> String {
    match min_agents {
        0 => "0 (free while idle; the first session waits for a cold start)".to_owned(),
        count => format!("{count} (kept ready, and billed while idle)"),
    }
}
