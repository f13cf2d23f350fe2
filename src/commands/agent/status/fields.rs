//! What is told of an agent, label by label.

use crate::api::{AgentDetail, AgentError, GitLink, Health, LatestDeploy, Revision};
use crate::commands::agent::NOT_KNOWN;
use crate::output::Field;

/// Stands for what an agent does not have.
const NOTHING: &str = "—";

/// So many characters of a commit, and of a deployment, are shown.
const SHORT_COMMIT: usize = 7;
const SHORT_ID: usize = 8;

/// The lines that scripts look for, in their order, and ours after them.
pub(super) fn of(name: &str, agent: &AgentDetail) -> Vec<Field> {
    let mut fields = vec![
        Field::new("Agent", name),
        Field::new("Ready", truth(agent.ready.unwrap_or_default())),
    ];
    let mut add = |label, value: String| fields.push(Field::new(label, value));
    if let Some(current) = &agent.current {
        add("Deployment Phase", or(current.phase.as_ref(), "Unknown"));
    }
    add(
        "Active Session Count",
        known(agent.active_session_count.as_ref()),
    );
    let deployment = agent.deployment.clone().unwrap_or_default();
    match (&deployment.image, &deployment.build_id) {
        (None, Some(build)) => add("Build", build.clone()),
        (image, _) => add("Image", known(image.as_ref())),
    }
    if let Some(profile) = &agent.profile {
        add("Agent Profile", profile.clone());
    }
    if let Some(architecture) = deployment.architecture {
        add("Architecture", architecture);
    }
    if let Some(resources) = &agent.resources {
        let (cpu, memory) = (
            known(resources.cpu.as_ref()),
            known(resources.memory.as_ref()),
        );
        add("Resources", format!("cpu={cpu}, memory={memory}"));
    }
    if let Some(link) = &agent.link {
        fields.extend(of_link(link, agent));
    }
    let mut add = |label, value: String| fields.push(Field::new(label, value));
    add(
        "Active Deployment ID",
        known(agent.active_deployment_id.as_ref()),
    );
    add("Created At", known(agent.created_at.as_ref()));
    add("Updated At", known(agent.updated_at.as_ref()));
    add(
        "Krisp VIVA",
        match &agent.audio_filter {
            Some(filter) => format!("Enabled ({filter})"),
            None => "Disabled".to_owned(),
        },
    );
    add(
        "Max Session Duration",
        match deployment.max_session_duration {
            Some(seconds) => format!("{seconds}s"),
            None => "default".to_owned(),
        },
    );
    if let Some(scaling) = &agent.scaling {
        add("Min Agents", or(scaling.min.as_ref(), "0"));
        add("Max Agents", or(scaling.max.as_ref(), "0"));
    }
    for error in &agent.errors {
        add("Error", of_error(error));
    }
    add(
        "Available",
        agent.available.map_or_else(|| NOT_KNOWN.to_owned(), truth),
    );
    for (revision, remark) in [(&agent.current, ""), (&agent.previous, " (previous)")] {
        if let Some(revision) = revision {
            add("Revision", of_revision(revision, remark));
        }
    }
    fields
}

fn truth(is_so: bool) -> String {
    if is_so { "True" } else { "False" }.to_owned()
}

fn or(value: Option<&String>, otherwise: &str) -> String {
    value.map_or(otherwise, String::as_str).to_owned()
}

fn known(value: Option<&String>) -> String {
    or(value, NOT_KNOWN)
}

fn start(text: &str, count: usize) -> String {
    text.chars().take(count).collect()
}

fn of_error(error: &AgentError) -> String {
    match (&error.code, &error.text) {
        (Some(code), Some(text)) => format!("{code} {text}"),
        (Some(one), None) | (None, Some(one)) => one.clone(),
        (None, None) => NOT_KNOWN.to_owned(),
    }
}

fn of_link(link: &GitLink, agent: &AgentDetail) -> Vec<Field> {
    let mut fields = vec![
        Field::new("GitHub Repository", or(link.repository.as_ref(), NOTHING)),
        Field::new("GitHub Branch", or(link.branch.as_ref(), NOTHING)),
        Field::new("Dockerfile Path", &link.dockerfile),
    ];
    let subdirectory = link.subdirectory.as_ref();
    fields.extend(subdirectory.map(|path| Field::new("Build Subdirectory", path)));
    let on_push = if link.deploys_on_push { "yes" } else { "no" };
    fields.push(Field::new("Auto-deploy On Push", on_push));
    fields.push(Field::new("Running Commit", running_commit(link, agent)));
    let deploy = agent.latest_deploy.as_ref();
    fields.extend(deploy.map(|deploy| Field::new("Latest Deploy", of_deploy(deploy))));
    fields
}

fn running_commit(link: &GitLink, agent: &AgentDetail) -> String {
    let Some(commit) = &agent.commit else {
        return format!("{NOTHING} (the running deployment is not from GitHub)");
    };
    let Some(sha) = &commit.sha else {
        return format!("{NOTHING} (the service does not say which)");
    };
    let sha = start(sha, SHORT_COMMIT);
    if commit.is_from(link) {
        return sha;
    }
    let place = match (&commit.repository, &commit.branch) {
        (Some(repository), Some(branch)) => format!("{repository}@{branch}"),
        (Some(repository), None) => repository.clone(),
        (None, Some(branch)) => format!("?@{branch}"),
        (None, None) => "elsewhere".to_owned(),
    };
    format!("{sha} (from {place}, not from the linked branch)")
}

fn of_deploy(deploy: &LatestDeploy) -> String {
    let status = or(deploy.status.as_ref(), "unknown");
    let commit = deploy.commit.as_ref();
    let commit = commit.map(|commit| format!(" ({})", start(commit, SHORT_COMMIT)));
    let is_bad = matches!(&*status, "failed" | "cancelled");
    let reason = deploy.reason.as_ref().filter(|_| is_bad);
    let reason = reason.map(|reason| format!(": {reason}"));
    [Some(status), commit, reason]
        .into_iter()
        .flatten()
        .collect()
}

/// What runs, how far it is, and what is wrong with it.
fn of_revision(revision: &Revision, remark: &str) -> String {
    let id = match &revision.deployment_id {
        Some(id) => start(id, SHORT_ID),
        None => NOTHING.to_owned(),
    };
    let phase = or(revision.phase.as_ref(), "Unknown");
    let replicas = or(revision.ready_replicas.as_ref(), "0");
    let plural = if replicas == "1" { "" } else { "s" };
    let mut parts = vec![format!(
        "{id}{remark} {phase}, {replicas} replica{plural} ready"
    )];
    parts.extend(revision.health.iter().flat_map(of_health));
    if revision.has_infrastructure_issue {
        parts.push("the infrastructure has a problem".to_owned());
    }
    parts.join("; ")
}

/// Nothing, of one that is well.
fn of_health(health: &Health) -> Vec<String> {
    if health.is_ready && health.restart_count.is_none() {
        return Vec::new();
    }
    let last_line = |text: &String| {
        let line = text.lines().rev().find(|line| !line.trim().is_empty());
        line.map(|line| line.trim().to_owned())
    };
    let why = health.headline.as_ref().or(health.reason.as_ref());
    let restarts = health.restart_count.as_ref().map(|count| {
        let plural = if count == "1" { "" } else { "s" };
        format!("{count} restart{plural}")
    });
    let exit_code = health.last_exit_code.as_ref();
    [
        why.cloned(),
        exit_code.map(|code| format!("exit code {code}")),
        restarts,
        health.message.as_ref().and_then(last_line),
    ]
    .into_iter()
    .flatten()
    .collect()
}
