//! Images, and what is run to build and push them.

use super::super::Placed;
use super::*;
use crate::text::Place;

#[allow(clippy::unnecessary_wraps, reason = "as the file's fields have it")]
fn placed<T>(value: T) -> Option<Placed<T>> {
    let place = Place { line: 1, column: 1 };
    Some(Placed { value, place })
}

fn with_image(image: &str) -> DeployConfig {
    DeployConfig {
        image: placed(image.to_owned()),
        ..DeployConfig::default()
    }
}

#[test]
fn an_image_is_taken_apart_and_put_together_again() {
    for (image, tags) in [
        ("a/b:t", vec!["a/b:t", "a/b:latest"]),
        ("h/a/b:t", vec!["h/a/b:t", "h/a/b:latest"]),
        ("a/b:latest", vec!["a/b:latest"]),
        (
            "h:5000/a/b/c:t",
            vec!["h:5000/a/b/c:t", "h:5000/a/b/c:latest"],
        ),
        ("h.io/b:t", vec!["h.io/b:t", "h.io/b:latest"]),
        ("localhost/b:t", vec!["localhost/b:t", "localhost/b:latest"]),
    ] {
        let plan = ImagePlan::new(&ImageOptions::default(), &with_image(image));
        assert_eq!(
            plan.map(|plan| plan.tags),
            Ok(tags.iter().map(ToString::to_string).collect()),
            "{image}"
        );
    }
}

#[test]
fn what_is_lacking_is_told() {
    let name = || Some("bot".to_owned());
    let options = |change: fn(&mut ImageOptions)| {
        let mut options = ImageOptions {
            name: name(),
            ..ImageOptions::default()
        };
        change(&mut options);
        options
    };
    for (options, image, lacking) in [
        (ImageOptions::default(), None, Lacking::Name),
        (options(|_| ()), None, Lacking::Registry),
        (options(|_| ()), Some("b:t"), Lacking::Registry),
        (options(|_| ()), Some("a/b@sha256:0"), Lacking::Tag),
        (
            options(|options| options.registry = Some(Registry::DockerHub)),
            None,
            Lacking::Username,
        ),
        (
            options(|options| {
                options.registry = Some(Registry::Custom);
                options.username = Some("ada".to_owned());
            }),
            None,
            Lacking::Address,
        ),
    ] {
        let config = image.map_or_else(DeployConfig::default, with_image);
        assert_eq!(ImagePlan::new(&options, &config), Err(lacking));
    }
}

#[test]
fn an_option_beats_the_image_which_beats_the_table() {
    let mut config = with_image("a/b:1");
    config.docker.registry_username = placed("table".to_owned());
    config.docker.auto_latest = placed(false);
    config.build.context_dir = placed("app".to_owned());
    config.build.dockerfile = placed("Dockerfile.prod".to_owned());
    config.architecture = placed(super::super::values::Architecture::Amd64);
    let options = ImageOptions {
        username: Some("option".to_owned()),
        tag: Some("2".to_owned()),
        ..ImageOptions::default()
    };
    let commands = ImagePlan::new(&options, &config).map(|plan| plan.commands());
    let lines: Option<Vec<String>> = commands
        .ok()
        .map(|all| all.iter().map(|one| one.join(" ")).collect());
    assert_eq!(
        lines.unwrap_or_default(),
        [
            "buildx build --platform=linux/amd64 --load -t option/b:2 -f app/Dockerfile.prod app",
            "push option/b:2",
        ]
    );
}
