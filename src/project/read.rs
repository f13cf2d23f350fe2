//! Reading the deploy file: all that is wrong with it at once, each with its place.

use std::path::Path;

use serde_json::Number;
use toml::de::{DeTable, DeValue};

use super::file::{
    Build, DeployConfig, DeployFile, Docker, Exclude, Git, KrispViva, Placed, Resources, Scaling,
};
use super::problem::Problem;
use super::section::{Reading, Section, whole_number};
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
            "a repository of the form `OWNER/NAME`",
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

/// What [`check`] checks, for the schema.
#[cfg(test)]
pub(super) fn conditions() -> serde_json::Value {
    use serde_json::json;

    // Blank ones count as not given.
    let text = |name: &str| json!({"required": [name], "properties": {name: {"pattern": "\\S"}}});
    let table = |name: &str, keys: [&str; 2]| {
        let keys = keys.map(|key| json!({"required": [key]}));
        json!({"required": [name], "properties": {name: {"anyOf": keys}}})
    };
    let git = || table("git", ["repo", "branch"]);
    json!([
        {"not": {"allOf": [text("image"), text("build_id")]}},
        {"not": {"allOf": [text("image"), git()]}},
        {"not": {"allOf": [text("build_id"), git()]}},
        {"not": {"allOf": [text("agent_profile"), table("resources", ["cpu", "memory"])]}},
    ])
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Texts, and whether they are deploy files in order.
    pub const EXAMPLES: &[(&str, bool)] = &[
        ("", true),
        (WHOLE, true),
        ("agent_name = ''", true),
        ("agent_name = 5", false),
        ("agnet_name = 'a'", false),
        ("image = 'a/b:1'", true),
        ("image = 'a/b'", false),
        ("image = 'localhost:5000/bot'", true),
        ("build_id = 'b'\nimage = 'a:1'", false),
        ("build_id = ' '\nimage = 'a:1'", true),
        ("max_session_duration = 60", true),
        ("max_session_duration = 59", false),
        ("max_session_duration = 14401", false),
        ("max_session_duration = 90.5", false),
        ("max_session_duration = '90'", false),
        ("architecture = 'arm64'", true),
        ("architecture = 'ARM64'", false),
        ("enable_krisp = true", false),
        ("enable_managed_keys = true", false),
        ("secret_set = true", false),
        ("[scaling]\nmin_agents = 0\nmax_agents = 1", true),
        ("[scaling]\nmin_agents = -1", false),
        ("[scaling]\nmin_agents = true", false),
        ("[scaling]\nmin_agents = 0x10", true),
        ("[scaling]\nmax_agents = 0", false),
        ("[scaling]\nminimum = 1", false),
        ("scaling = 3", false),
        ("scaling = {min_agents = 1}", true),
        ("scaling.min_agents = 1", true),
        ("[scalling]\nmin_agents = 1", false),
        ("[krisp_viva]\naudio_filter = 'pro'", true),
        ("[krisp_viva]\naudio_filter = 'none'", false),
        ("[krisp_viva]", true),
        ("[resources]\ncpu = '500m'\nmemory = 2", true),
        ("[resources]\ncpu = 0.5\nmemory = '1.5Gi'", true),
        ("[resources]\ncpu = '500 m'\nmemory = '1Gi'", false),
        ("[resources]\ncpu = -1\nmemory = '1Gi'", false),
        ("[resources]\ncpu = '1'", false),
        (
            "agent_profile = 'agent-1x'\n[resources]\ncpu = '1'\nmemory = '1Gi'",
            false,
        ),
        ("agent_profile = 'agent-1x'\n[resources]", true),
        ("[git]\nrepo = 'acme/bot'\nbranch = 'main'", true),
        ("[git]\nrepo = 'acme/bot'", false),
        ("[git]\nbranch = 'main'", false),
        ("[git]\nrepo = 'acme'\nbranch = 'main'", false),
        ("[git]\nrepo = 'acme/..'\nbranch = 'main'", false),
        ("[git]\nrepo = 'acme/.github'\nbranch = 'a/../b'", false),
        (
            "image = 'a:1'\n[git]\nrepo = 'acme/bot'\nbranch = 'main'",
            false,
        ),
        (
            "build_id = 'a'\n[git]\nrepo = 'acme/bot'\nbranch = 'main'",
            false,
        ),
        (
            "[build]\ncache = true\n[build.exclude]\nother = 1\n[docker]\nx = 1",
            true,
        ),
        ("[build.exclude]\npatterns = ['*.md', 1]", false),
        ("[build.exclude]\npatterns = '*.md'", false),
        ("[docker]\nauto_latest = 'no'", false),
        ("[docker]\nauto_latest = false\nregistry = 'custom'", true),
    ];

    /// A file with every key in it.
    const WHOLE: &str = r#"
agent_name = "my-agent"
image = "acme/my-agent:1.0"
image_credentials = "docker-hub"
secret_set = "my-secrets"
region = "us-west"
websocket_auth = "token"
agent_profile = "agent-2x"
max_session_duration = 3600
architecture = "arm64"

[scaling]
min_agents = 1
max_agents = 5

[krisp_viva]
audio_filter = "tel"

[build]
context_dir = "."
dockerfile = "docker/Dockerfile"

[build.exclude]
patterns = ["*.md", "docs"]

[docker]
registry = "dockerhub"
registry_username = "acme"
registry_url = "registry.example.com"
auto_latest = true
"#;

    fn read(text: &str) -> Result<DeployFile, Vec<Problem>> {
        file(text, Path::new("pcc-deploy.toml"))
    }

    fn problems(text: &str) -> Vec<String> {
        let problems = read(text).err().unwrap_or_default();
        let told = problems.iter().map(|problem| match &problem.hint {
            Some(hint) => format!("{problem} ({hint})"),
            None => problem.to_string(),
        });
        told.map(|line| line.replacen("pcc-deploy.toml:", "", 1))
            .collect()
    }

    #[test]
    fn a_file_is_read_with_the_place_of_every_value() {
        let file = read(WHOLE).unwrap();
        let DeployConfig { scaling, build, .. } = &file.config;
        let max_agents = scaling.max_agents.as_ref().unwrap();
        assert_eq!(max_agents.value, 5);
        assert_eq!(
            max_agents.place,
            Place {
                line: 14,
                column: 14
            }
        );
        let patterns = &build.exclude.patterns;
        assert_eq!(patterns[1].value, "docs");
        assert_eq!(
            patterns[1].place,
            Place {
                line: 24,
                column: 21
            }
        );
        let problem = file.problem("scaling.max_agents", max_agents.place, "too few");
        assert_eq!(problem.to_string(), "pcc-deploy.toml:14:14: too few");
        assert_eq!(file.warnings, []);
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once_and_in_order() {
        let text = "\
            agnet_name = 'a'\n\
            image = 'bot'\n\
            secret_set = 5\n\
            min_agents = 1\n\
            [scaling]\n\
            max_agents = 2.5\n\
            region = 'us-west'\n\
            max_agent = 3\n\
            [resources]\n\
            cpu = 'one'\n\
            [scalling]\n\
            [git]\n\
            branch = 'main'\n";
        assert_eq!(
            problems(text),
            [
                "1:1: unknown key `agnet_name` (did you mean `agent_name`?)",
                "2:9: `image` must be an image with its tag, as in `acme/bot:1.0`, not the text `bot`",
                "3:14: `secret_set` must be text, not `5`",
                "4:1: unknown key `min_agents` (`min_agents` belongs in `[scaling]`)",
                "6:14: `scaling.max_agents` must be a whole number of 1 or more, not `2.5`",
                "7:1: unknown key `scaling.region` (`region` belongs at the top of the file, \
                 above the first table)",
                "8:1: unknown key `scaling.max_agent` (did you mean `scaling.max_agents`?)",
                "10:7: `resources.cpu` must be an amount of CPU, as in `500m` or `2`, not the \
                 text `one`",
                "11:2: unknown table `[scalling]` (did you mean `scaling`?)",
                "13:10: `git.branch` needs `git.repo` as well",
            ]
        );
    }

    #[test]
    fn what_was_never_toml_is_told_with_its_place() {
        let told = problems("agent_name = \"a\nregion = us-west\n[scaling\n");
        assert_eq!(told.len(), 3, "{told:?}");
        for (line, told) in (1..).zip(&told) {
            assert!(told.starts_with(&format!("{line}:")), "{told}");
            assert!(told.contains("not valid TOML"), "{told}");
        }
    }

    #[test]
    fn krisp_of_old_points_to_its_successor() {
        let told = problems("enable_krisp = true");
        assert!(told[0].contains("`[krisp_viva]`"), "{told:?}");
    }

    #[test]
    fn what_cannot_matter_much_is_a_warning() {
        let file = read("image = 'h:5000/bot'\n[build]\ncontxt_dir = 'x'\n[docker]\ntag = 1\n");
        let warnings = file.unwrap().warnings;
        let told: Vec<String> = warnings.iter().map(Problem::to_string).collect();
        assert_eq!(
            told,
            [
                "pcc-deploy.toml:1:9: the image `h:5000/bot` has no tag, so `latest` is used",
                "pcc-deploy.toml:3:1: unknown key `build.contxt_dir`",
                "pcc-deploy.toml:5:1: unknown key `docker.tag`",
            ]
        );
        assert_eq!(
            warnings[1].hint.as_deref(),
            Some("did you mean `build.context_dir`?")
        );
    }

    #[test]
    fn the_name_alone_is_read_whatever_else_is_wrong() {
        let name = |text| agent_name(text, Path::new("x"));
        assert_eq!(
            name("agent_name = 'a'\nnonsense = 1"),
            Ok(Some("a".to_owned()))
        );
        assert_eq!(name("image = 1"), Ok(None));
        assert!(name("agent_name = 1").is_err());
        assert!(name("agent_name =").is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_is_wrong_has_a_place_in_the_text(text in "([a-z_]{1,6} ?= ?[-'0-9a-z.{}\\[\\]\"é]{0,8}|\\[[a-z.]{0,9}\\]?|.{0,9}|\n){0,9}") {
            for problem in read(&text).err().unwrap_or_default() {
                let place = problem.place.expect("a place");
                // An end that is missing is missing after the last line.
                prop_assert!(place.line >= 1 && place.line <= text.lines().count() + 1);
            }
        }
    }
}
