//! Deploy files, and what is wrong with them.

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
