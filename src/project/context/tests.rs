//! Folders, walked.

use tempfile::TempDir;

use super::*;

fn folder(files: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in files {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "x").unwrap();
    }
    folder
}

fn walk(folder: &TempDir, dockerfile: &str) -> Result<BuildContext> {
    BuildContext::walk(&Options {
        folder: folder.path(),
        dockerfile,
        patterns: &[],
        token_file: None,
    })
}

fn paths(context: &BuildContext) -> Vec<&str> {
    let files = context.files.iter();
    files.map(|file| file.path.as_str()).collect()
}

#[test]
fn files_are_sorted_by_the_bytes_of_their_paths() {
    let folder = folder(&["a/b", "a.b", "a-b", "Z", "\u{e4}", "Dockerfile", ".hidden"]);
    let context = walk(&folder, "Dockerfile").unwrap();
    assert_eq!(
        paths(&context),
        [".hidden", "Dockerfile", "Z", "a-b", "a.b", "a/b", "\u{e4}"]
    );
}

#[test]
fn the_dockerfile_goes_in_whatever_leaves_it_out() {
    let folder = folder(&["docker/Dockerfile", "docker/x", "a"]);
    fs::write(folder.path().join(".dockerignore"), "docker\n*file*\n.*").unwrap();
    let context = walk(&folder, "./docker/../docker/Dockerfile").unwrap();
    assert_eq!(paths(&context), ["a", "docker/Dockerfile"]);
    assert_eq!(context.dockerfile, "docker/Dockerfile");
    let absolute = folder.path().join("docker/Dockerfile");
    let context = walk(&folder, absolute.to_str().unwrap()).unwrap();
    assert_eq!(context.dockerfile, "docker/Dockerfile");
}

#[test]
fn what_is_taken_in_again_is_found_below_what_is_left_out() {
    let folder = folder(&[
        "Dockerfile",
        "src/a/b.py",
        "src/a/b.txt",
        "node_modules/x/y.js",
    ]);
    fs::write(folder.path().join(".dockerignore"), "*\n!src/**/*.py\n").unwrap();
    let context = walk(&folder, "Dockerfile").unwrap();
    assert_eq!(paths(&context), ["Dockerfile", "src/a/b.py"]);
}

#[test]
fn names_of_secrets_are_noticed_and_others_are_not() {
    let folder = folder(&[
        "Dockerfile",
        ".dockerignore",
        ".env.production",
        "deploy/prod.env",
        "keys/tls.key",
        "home/.aws/credentials",
        "credentials",
        "config/service-account-7.json",
        ".ssh/id_ed25519",
        ".ssh/id_ed25519.pub",
        "environment.py",
        "monkey.py",
    ]);
    fs::write(folder.path().join(".dockerignore"), "").unwrap();
    let context = walk(&folder, "Dockerfile").unwrap();
    assert_eq!(
        context.secrets,
        [
            ".env.production",
            ".ssh/id_ed25519",
            "config/service-account-7.json",
            "deploy/prod.env",
            "home/.aws/credentials",
            "keys/tls.key",
        ]
    );
}

#[test]
fn too_much_is_found_before_anything_is_read() {
    let folder = folder(&["Dockerfile", "small"]);
    for (name, size) in [("one", LIMIT / 2), ("two", LIMIT / 2 + 1)] {
        // Nothing of it is written where a file may have holes.
        let file = fs::File::create(folder.path().join(name)).unwrap();
        file.set_len(size).unwrap();
    }
    let error = walk(&folder, "Dockerfile").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the files to build are too large in total: 500.0 MB, where 500.0 MB is the limit"
    );
    let hint = &error.hints()[0];
    assert!(
        hint.starts_with("the largest are `two` (250.0 MB), `one` (250.0 MB), `"),
        "{hint}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_no_text_ends_the_walk_unless_it_is_left_out() {
    use std::os::unix::ffi::OsStrExt as _;

    let folder = folder(&["Dockerfile"]);
    let name = std::ffi::OsStr::from_bytes(b"a\xff.bin");
    fs::write(folder.path().join(name), "").unwrap();
    let error = walk(&folder, "Dockerfile").unwrap_err();
    assert!(error.to_string().contains("is not UTF-8"), "{error}");
    fs::write(folder.path().join(".dockerignore"), "*.bin").unwrap();
    assert!(walk(&folder, "Dockerfile").is_ok());
}
