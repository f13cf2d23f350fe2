//! What the README and CONTRIBUTING tell: lines to type are right today, from a clone, and the code
//! is as they show it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::support::run::stdout;
use crate::support::{self, home::Home};

fn read(path: &str) -> String {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    // As it may have been checked out on Windows.
    text.replace("\r\n", "\n")
}

const README: &str = "README.md";
const CONTRIBUTING: &str = ".github/CONTRIBUTING.md";

/// The blocks of code in a language, in a text of ours.
fn blocks(path: &str, language: &str) -> Vec<String> {
    let text = read(path);
    let fence = format!("```{language}\n");
    let blocks = text.split(&fence).skip(1);
    let blocks = blocks.map(|block| block.split("```").next().unwrap_or_default());
    blocks.map(str::to_owned).collect()
}

/// The lines to type that a text of ours has, in a shell or in a job of CI, without what a remark
/// says.
fn lines(path: &str) -> Vec<String> {
    let blocks = [blocks(path, "sh"), blocks(path, "yaml")].concat();
    let lines = blocks.iter().flat_map(|block| block.lines());
    let commands = lines.map(|line| line.split(" #").next().unwrap_or_default().trim());
    let commands = commands.map(|line| line.trim_start_matches("- ").trim_start_matches("run: "));
    commands.map(str::to_owned).collect()
}

#[test]
fn checks_before_a_push_are_those_of_ci() {
    let (script, workflow) = (read(".ci/run"), read(".github/workflows/ci.yml"));
    let checks = ["cargo fmt", "cargo clippy", "cargo test"];
    let lines = lines(CONTRIBUTING);
    for check in checks {
        let line = lines.iter().find(|line| line.starts_with(check)).unwrap();
        let all_agree = lines
            .iter()
            .all(|other| !other.starts_with(check) || other == line);
        assert!(all_agree, "{line}");
        let is_run = |text: &str| {
            text.lines().any(|other| {
                let other = other.trim().trim_start_matches("run: ");
                other.split(" 2>").next() == Some(line)
            })
        };
        assert!(is_run(&script), "{line}");
        assert!(is_run(&workflow), "{line}");
    }
}

#[test]
fn every_command_of_ours_exists_with_its_options() {
    let home = Home::with_program(support::program(), "http://127.0.0.1:9");
    let lines = [lines(README), lines(CONTRIBUTING)].concat();
    let parts = lines.iter().flat_map(|line| line.split('|'));
    let ours: Vec<&str> = parts
        .map(|part| {
            part.trim()
                .trim_start_matches("echo 'source <(")
                .trim_end_matches(")' >> ~/.bashrc")
                .trim_end_matches(")' >> ~/.zshrc")
        })
        .filter(|part| part.starts_with("pipecat "))
        .collect();
    assert!(ours.len() >= 20, "{ours:?}");
    for line in ours {
        let words = line.split_whitespace().skip(1).chain(["--help"]);
        let run = home.pipecat(words).assert().success();
        assert!(stdout(&run).contains("Usage: "), "{line}");
    }
}

#[test]
fn every_link_and_picture_is_there() {
    for path in [README, CONTRIBUTING] {
        let text = read(path);
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        let targets = text.split("](").skip(1);
        for target in targets.filter_map(|rest| rest.split(')').next()) {
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            if file.contains("://") {
                continue;
            }
            let file = match file {
                "" => folder.clone(),
                file => folder.with_file_name(file),
            };
            assert!(file.exists(), "{path}: {target}");
            if !anchor.is_empty() {
                let headings = fs::read_to_string(&file).unwrap().to_lowercase();
                let headings = headings.lines().filter(|line| line.starts_with('#'));
                let mut anchors =
                    headings.map(|line| line.trim_matches(['#', ' ']).replace(' ', "-"));
                assert!(anchors.any(|one| one == anchor), "{path}: {target}");
            }
        }
    }
}

/// What each module of `src/lib.rs` imports of the others, tests left out.
fn imports() -> BTreeMap<String, BTreeSet<String>> {
    let lib = read("src/lib.rs");
    let modules = lib.lines().filter_map(|line| line.strip_prefix("pub mod "));
    let modules: Vec<&str> = modules.map(|name| name.trim_end_matches(';')).collect();
    let imported = |module: &str| {
        let mut found = BTreeSet::new();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut open = vec![source.join(format!("{module}.rs")), source.join(module)];
        while let Some(path) = open.pop() {
            if path.is_dir() {
                let inside = fs::read_dir(&path).unwrap();
                open.extend(inside.map(|entry| entry.unwrap().path()));
                continue;
            }
            let is_test = path.file_stem().is_some_and(|stem| stem == "tests")
                || path
                    .parent()
                    .is_some_and(|folder| folder.ends_with("tests"));
            let Ok(text) = fs::read_to_string(&path) else {
                continue;
            };
            if is_test {
                continue;
            }
            let text = text.replace("\r\n", "\n");
            let code = text
                .split("#[cfg(test)]\nmod tests {")
                .next()
                .unwrap_or_default();
            for rest in code.split("crate::").skip(1) {
                let end = rest.find(|one: char| !(one.is_alphanumeric() || one == '_'));
                let name = &rest[..end.unwrap_or(rest.len())];
                if name != module && modules.contains(&name) {
                    found.insert(name.to_owned());
                }
            }
        }
        found
    };
    let imports = modules.iter().map(|one| ((*one).to_owned(), imported(one)));
    imports.collect()
}

#[test]
fn the_picture_of_the_modules_is_that_of_their_imports() {
    let imports = imports();
    let picture = blocks(CONTRIBUTING, "mermaid").remove(0);
    let arrows = picture
        .lines()
        .filter_map(|line| line.trim().split_once(" --> "));
    let mut drawn: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (from, to) in arrows {
        drawn.entry(from).or_default().extend(to.split(" & "));
    }
    let reached = |from: &str| {
        let mut reached = BTreeSet::new();
        let mut open: Vec<&str> = drawn.get(from).cloned().unwrap_or_default();
        while let Some(next) = open.pop() {
            if reached.insert(next) {
                open.extend(drawn.get(next).into_iter().flatten());
            }
        }
        reached
    };
    for (module, imported) in &imports {
        let reached = reached(module);
        assert!(
            !reached.contains(module.as_str()),
            "{module} is in a circle"
        );
        // Arrows to `error`, which all import, are not drawn.
        for one in imported.iter().filter(|one| *one != "error") {
            assert!(
                reached.contains(one.as_str()),
                "no way from {module} to {one}"
            );
        }
        let mut words = picture.split(|one: char| !(one.is_alphanumeric() || one == '_'));
        assert!(words.any(|word| word == module), "{module} is not drawn");
    }
    for (from, to) in &drawn {
        for to in to {
            assert!(imports[*from].contains(*to), "{from} does not import {to}");
        }
    }
}

#[test]
fn the_verb_that_is_shown_is_the_one_that_there_is() {
    let (verb, noun) = ("properties/list.rs", "properties/mod.rs");
    let read = |path: &str| read(&format!("src/commands/organizations/{path}"));
    let shown = blocks(CONTRIBUTING, "rust");
    assert!(
        shown.contains(&read(verb)),
        "{verb} has changed: show it anew"
    );
    assert!(
        shown
            .iter()
            .any(|block| read(noun).contains(block.as_str())),
        "{noun}"
    );
}
