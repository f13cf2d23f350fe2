//! Many writers of one file.

use std::fs;
use std::process::{Child, Stdio};

use toml_edit::DocumentMut;

use crate::support::cloud::world::{organization, public_key};
use crate::support::home::Home;
use crate::support::run::ada;

const WRITERS: usize = 24;

fn start(home: &Home, line: &str) -> Child {
    home.command(line.split(' '))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn no_change_is_lost_where_many_processes_write_at_once() {
    let (cloud, home) = ada();
    let names: Vec<&'static str> = (0..WRITERS)
        .map(|number| &*format!("org_{number}").leak())
        .collect();
    cloud.change(|state| {
        for name in &names {
            let mut organization = organization(name, name, &["ada"]);
            organization.public_keys = vec![public_key(name, "web", "Web", 1)];
            state.organizations.push(organization);
        }
    });
    let before = home.config();
    home.write_config(&format!("# mine\n{before}[mine] # too\nx = 1\n"));
    let mut running: Vec<Child> = names
        .iter()
        .map(|name| {
            start(
                &home,
                &format!("cloud organizations keys use -o {name} --key Web"),
            )
        })
        .collect();
    running.push(start(&home, "cloud organizations select -o acme"));
    for child in running {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }
    let text = home.config();
    let config: DocumentMut = text.parse().unwrap();
    assert_eq!(config["org"].as_str(), Some("acme"));
    for name in names {
        let key = format!("pk_{name}_web_0123456789abcdef");
        assert_eq!(config[name]["default_public_key"].as_str(), Some(&*key));
        assert_eq!(
            config[name]["default_public_key_name"].as_str(),
            Some("Web")
        );
    }
    assert!(
        text.starts_with("# mine\n") && text.contains("[mine] # too\nx = 1\n"),
        "{text}"
    );
    assert_eq!(
        home.files(),
        ["pipecatcloud.toml", "pipecatcloud.toml.lock"]
    );
}

#[test]
fn the_next_writer_removes_what_a_killed_one_left() {
    let (_cloud, home) = ada();
    let left = home
        .config_path()
        .with_file_name(".pipecatcloud.toml.abc123.tmp");
    let foreign = home.config_path().with_file_name("notes.tmp");
    for path in [&left, &foreign] {
        fs::write(path, "").unwrap();
    }
    home.cloud("organizations select -o acme")
        .assert()
        .success();
    assert_eq!(
        home.files(),
        ["notes.tmp", "pipecatcloud.toml", "pipecatcloud.toml.lock"]
    );
}
