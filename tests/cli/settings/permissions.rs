//! Who may read the file, and links to it.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use snapbox::str;

use crate::support::cloud::ADA_PAT;
use crate::support::run::{ada, stderr};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn permissions_found_open_are_closed_with_a_warning_once() {
    let (_cloud, home) = ada();
    let file = home.config_path();
    let folder = file.parent().unwrap();
    set_mode(&file, 0o644);
    set_mode(folder, 0o755);
    home.cloud("organizations list")
        .assert()
        .success()
        .stderr_eq(str![[r"
warning: others could access `[HOME]/.config/pipecatcloud/pipecatcloud.toml` (mode 644); its mode is now 600
warning: others could access `[HOME]/.config/pipecatcloud` (mode 755); its mode is now 700

"]]);
    assert_eq!((mode(&file), mode(folder)), (0o600, 0o700));
    home.cloud("organizations list")
        .assert()
        .success()
        .stderr_eq("");
}

#[test]
fn a_folder_that_is_not_the_programs_own_keeps_its_permissions() {
    let (_cloud, mut home) = ada();
    let folder = home.path().join("shared");
    let file = folder.join("own.toml");
    fs::create_dir(&folder).unwrap();
    fs::write(&file, format!("token = \"{ADA_PAT}\"\n")).unwrap();
    set_mode(&folder, 0o755);
    set_mode(&file, 0o640);
    home.env("PIPECAT_CONFIG_PATH", &file);
    let run = home
        .cloud("organizations select -o acme")
        .assert()
        .success();
    assert_eq!(stderr(&run).lines().count(), 1, "{}", stderr(&run));
    assert_eq!((mode(&file), mode(&folder)), (0o600, 0o755));
}

/// A clone of a repository of that name, for example.
#[test]
fn a_folder_that_is_only_called_like_the_programs_own_keeps_its_permissions() {
    let (_cloud, mut home) = ada();
    let folder = home.path().join("src/pipecatcloud");
    let file = folder.join("pipecatcloud.toml");
    fs::create_dir_all(&folder).unwrap();
    fs::write(&file, format!("token = \"{ADA_PAT}\"\n")).unwrap();
    set_mode(&folder, 0o755);
    home.env("PIPECAT_CONFIG_PATH", &file);
    home.cloud("organizations list").assert().success();
    assert_eq!((mode(&file), mode(&folder)), (0o600, 0o755));
}

#[test]
fn the_default_place_is_the_programs_own_also_where_the_variable_names_it() {
    let (_cloud, mut home) = ada();
    let folder = home.config_path().parent().unwrap().to_owned();
    set_mode(&folder, 0o755);
    home.env(
        "PIPECAT_CONFIG_PATH",
        "~/.config/pipecatcloud/pipecatcloud.toml",
    );
    home.cloud("organizations list").assert().success();
    assert_eq!(mode(&folder), 0o700);
}

/// Where dotfiles are kept, for example, with much beside.
#[test]
fn a_folder_that_the_default_place_links_to_keeps_its_permissions() {
    let (_cloud, home) = ada();
    let own = home.config_path().parent().unwrap().to_owned();
    let dotfiles = home.path().join("dotfiles");
    fs::rename(&own, &dotfiles).unwrap();
    symlink(&dotfiles, &own).unwrap();
    set_mode(&dotfiles, 0o755);
    home.cloud("organizations list")
        .assert()
        .success()
        .stderr_eq("");
    assert_eq!(mode(&dotfiles), 0o755);
}

#[test]
fn a_file_without_credentials_keeps_its_permissions_wherever_it_may_lie() {
    for text in [
        "",
        "not = [",
        "org = \"acme\"\n[acme]\ndefault_public_key = \"pk\"\n",
    ] {
        let (_cloud, mut home) = ada();
        let file = home.path().join("else.toml");
        fs::write(&file, text).unwrap();
        set_mode(&file, 0o644);
        home.env("PIPECAT_CONFIG_PATH", &file)
            .env("PIPECAT_TOKEN", ADA_PAT);
        home.cloud("organizations list").assert().success();
        assert_eq!(mode(&file), 0o644, "{text}");
    }
}

#[test]
fn a_file_that_nobody_may_read_is_named() {
    let (_cloud, home) = ada();
    set_mode(&home.config_path(), 0o000);
    if fs::read(home.config_path()).is_ok() {
        // Whoever runs the tests may read everything.
        return;
    }
    home.cloud("organizations list")
        .assert()
        .code(1)
        .stdout_eq("")
        .stderr_eq(str![[r"
error: cannot read `[HOME]/.config/pipecatcloud/pipecatcloud.toml`: Permission denied (os error [..])
hint: check the file's permissions, or name another file in `PIPECAT_CONFIG_PATH`

"]]);
}

#[test]
fn a_link_stays_a_link_and_its_target_is_written() {
    let (_cloud, home) = ada();
    let dotfiles = home.path().join("dotfiles");
    fs::create_dir(&dotfiles).unwrap();
    let target = dotfiles.join("pipecat.toml");
    fs::rename(home.config_path(), &target).unwrap();
    // Two links, one relative, as dotfile managers make them.
    symlink("../../dotfiles/middle", home.config_path()).unwrap();
    symlink(&target, dotfiles.join("middle")).unwrap();
    home.cloud("organizations select -o acme")
        .assert()
        .success()
        .stderr_eq("");
    assert!(
        fs::symlink_metadata(home.config_path())
            .unwrap()
            .is_symlink()
    );
    assert!(
        fs::symlink_metadata(dotfiles.join("middle"))
            .unwrap()
            .is_symlink()
    );
    let written = fs::read_to_string(&target).unwrap();
    assert_eq!(written, format!("token = \"{ADA_PAT}\"\norg = \"acme\"\n"));
    assert_eq!(mode(&target), 0o600);
    assert_eq!(home.files(), ["pipecatcloud.toml"]);
}

#[test]
fn a_link_to_a_file_that_is_not_there_yet_is_where_it_is_made() {
    let (_cloud, mut home) = ada();
    fs::remove_file(home.config_path()).unwrap();
    symlink("../../new/made.toml", home.config_path()).unwrap();
    home.env("PIPECAT_TOKEN", ADA_PAT);
    home.cloud("organizations select -o acme")
        .assert()
        .success()
        .stderr_eq("");
    assert_eq!(
        fs::read_to_string(home.path().join("new/made.toml")).unwrap(),
        "org = \"acme\"\n"
    );
    assert!(
        fs::symlink_metadata(home.config_path())
            .unwrap()
            .is_symlink()
    );
}
