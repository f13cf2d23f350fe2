//! Reading the deploy file: all that is wrong with it at once, each with its place.

use std::path::Path;

use serde_json::Number;
use toml::de::{DeTable, DeValue};

use super::file::{
    Build, DeployConfig, DeployFile, Docker, Exclude, Git, KrispViva, Resources, Scaling,
};
use super::problem::Problem;
use super::section::{Placed, Reading, Section, whole_number};
use super::values::{
    Architecture, AudioFilter, Quantity, SESSION_DURATION, has_tag, is_branch, is_repository,
};
use crate::text::Place;

/// Reads the whole file.
pub(super) fn file(text: &str, path: &Path) -> Result<DeployFile, Vec<Problem>> {
    let table = parse(text, path)?;
    let reading = Reading::new(text, path);
    let config = config(Section::top(&reading, &table));
    check(&reading, &config);
    let (problems, warnings) = reading.finish();
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(DeployFile {
        path: Some(path.to_owned()),
        config,
        warnings,
    })
}

/// Reads the agent's name alone.
pub(super) fn agent_name(text: &str, path: &Path) -> Result<Option<String>, Vec<Problem>> {
    let table = parse(text, path)?;
    let reading = Reading::new(text, path);
    let name = Section::top(&reading, &table).text("agent_name");
    let (problems, _) = reading.finish();
    if problems.is_empty() {
        return Ok(name.map(|name| name.value));
    }
    Err(problems)
}

/// Everything that the file says.
fn config(top: Section) -> DeployConfig {
    let config = DeployConfig {
        agent_name: top.text("agent_name"),
        image: top.checked(
            "image",
            "an image with its tag, as in `acme/bot:1.0`",
            |image| image.contains(':'),
        ),
        build_id: top.text("build_id"),
        image_credentials: top.text("image_credentials"),
        secret_set: top.text("secret_set"),
        region: top.text("region"),
        websocket_auth: top.text("websocket_auth"),
        agent_profile: top.text("agent_profile"),
        max_session_duration: top.number(
            "max_session_duration",
            "a whole number of seconds from 60 to 14400",
            |seconds| SESSION_DURATION.contains(seconds),
        ),
        architecture: top.value("architecture", "`amd64` or `arm64`", |value| {
            value.as_str().and_then(Architecture::named)
        }),
        scaling: scaling(top.section("scaling", "scaling")),
        krisp_viva: krisp_viva(top.section("krisp_viva", "krisp_viva")),
        resources: resources(top.section("resources", "resources")),
        git: git(top.section("git", "git")),
        build: build(top.section("build", "build").tolerant()),
        docker: docker(top.section("docker", "docker").tolerant()),
    };
    top.end();
    config
}

fn scaling(section: Section) -> Scaling {
    let scaling = Scaling {
        min_agents: section.number("min_agents", "a whole number of 0 or more", |_| true),
        max_agents: section.number("max_agents", "a whole number of 1 or more", |number| {
            *number > 0
        }),
    };
    section.end();
    scaling
}

fn krisp_viva(section: Section) -> KrispViva {
    let krisp_viva = KrispViva {
        audio_filter: section.value("audio_filter", "`tel` or `pro`", |value| {
            value.as_str().and_then(AudioFilter::named)
        }),
    };
    section.end();
    krisp_viva
}

fn resources(section: Section) -> Resources {
    let resources = Resources {
        cpu: section.value("cpu", "an amount of CPU, as in `500m` or `2`", quantity),
        memory: section.value(
            "memory",
            "an amount of memory, as in `512Mi` or `2Gi`",
            quantity,
        ),
    };
    section.end();
    resources
}

/// A quantity, written as text or as a number.
fn quantity(value: &DeValue) -> Option<Quantity> {
    match value {
        DeValue::String(text) => Quantity::of_text(text),
        DeValue::Integer(_) => whole_number(value).map(|number| Quantity::Number(number.into())),
        DeValue::Float(number) => {
            let number: f64 = number.as_str().replace('_', "").parse().ok()?;
            let number = Some(number).filter(|number| *number >= 0.0);
            number.and_then(Number::from_f64).map(Quantity::Number)
        }
        _ => None,
    }
}

fn git(section: Section) -> Git {
    let git = Git {
        repo: section.checked(
            "repo",
            "a repository of the form `OWNER/REPO`",
            is_repository,
        ),
        branch: section.checked("branch", "the name of a branch", is_branch),
        dockerfile_path: section.text("dockerfile_path"),
        subdirectory: section.text("subdirectory"),
    };
    section.end();
    git
}

fn build(section: Section) -> Build {
    let build = Build {
        context_dir: section.text("context_dir"),
        dockerfile: section.text("dockerfile"),
        exclude: exclude(section.section("exclude", "build.exclude").tolerant()),
    };
    section.end();
    build
}

fn exclude(section: Section) -> Exclude {
    let exclude = Exclude {
        patterns: section.texts("patterns"),
    };
    section.end();
    exclude
}

#[allow(
    clippy::redundant_closure_for_method_calls,
    reason = "the method itself is for one lifetime only"
)]
fn docker(section: Section) -> Docker {
    let docker = Docker {
        registry: section.text("registry"),
        registry_username: section.text("registry_username"),
        registry_url: section.text("registry_url"),
        auto_latest: section.value("auto_latest", "`true` or `false`", |value| value.as_bool()),
    };
    section.end();
    docker
}

/// What values must be beside each other, whatever the command line says.
fn check(reading: &Reading, config: &DeployConfig) {
    let DeployConfig { resources, git, .. } = config;
    let image = given("image", config.image.as_ref());
    let build_id = given("build_id", config.build_id.as_ref());
    let profile = given("agent_profile", config.agent_profile.as_ref());
    let repo = given("git.repo", git.repo.as_ref());
    let branch = given("git.branch", git.branch.as_ref());
    let cpu = given("resources.cpu", resources.cpu.as_ref());
    let memory = given("resources.memory", resources.memory.as_ref());
    let one_of = |one: Given, other: Given| {
        if let (Some((name, _)), Some((other, place))) = (one, other) {
            let message = format!("`{other}` cannot be combined with `{name}`: keep one of them");
            reading.wrong(other, place, message);
        }
    };
    one_of(image, build_id);
    one_of(profile, cpu.or(memory));
    one_of(image.or(build_id), repo.or(branch));
    for (one, other, missing) in [
        (repo, branch, "git.branch"),
        (branch, repo, "git.repo"),
        (cpu, memory, "resources.memory"),
        (memory, cpu, "resources.cpu"),
    ] {
        if let (Some((name, place)), None) = (one, other)
            && !reading.is_wrong(missing)
        {
            let message = format!("`{name}` needs `{missing}` as well");
            reading.wrong(name, place, message);
        }
    }
    if let Some(image) = &config.image
        && !has_tag(&image.value)
    {
        let warning = format!(
            "the image `{}` has no tag, so `latest` is used",
            image.value
        );
        reading.warn(Problem::new(warning).about("image").at(image.place));
    }
}

/// A key that has a value, and where.
type Given = Option<(&'static str, Place)>;

fn given<T>(key: &'static str, value: Option<&Placed<T>>) -> Given {
    value.map(|value| (key, value.place))
}

/// The table that a text is, or every place where it is none.
fn parse<'a>(text: &'a str, path: &Path) -> Result<DeTable<'a>, Vec<Problem>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Ok(table.into_inner());
    }
    let mut problems: Vec<Problem> = errors
        .iter()
        .map(|error| {
            let at = error.span().map_or(0, |span| span.start);
            let message = error.message().replace('\n', ", ");
            let problem = Problem::new(format!("not valid TOML: {message}")).in_file(path);
            problem.at(Place::after(text.get(..at).unwrap_or(text)))
        })
        .collect();
    problems.sort_by_key(|problem| problem.place);
    // One slip often breaks the rest of its line in several ways.
    problems.dedup_by_key(|problem| problem.place.map(|place| place.line));
    Err(problems)
}

#[cfg(test)]
pub(super) mod tests;
