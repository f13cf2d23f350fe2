//! Tables for people.

#[cfg(unix)]
use snapbox::str;

#[cfg(unix)]
use crate::support::cloud::Cloud;
#[cfg(unix)]
use crate::support::home::Home;
use crate::support::run::ada;
#[cfg(unix)]
use crate::support::terminal::Terminal;

#[test]
fn wide_names_and_combining_marks_keep_the_columns_in_line() {
    let (cloud, home) = ada();
    cloud.change(|state| {
        let names = ["日本語のチーム", "e\u{301}quipe", "Команда"];
        for (organization, name) in state.organizations.iter_mut().zip(names) {
            organization.profile["verboseName"] = name.into();
        }
    });
    home.cloud("organizations list --output rich")
        .assert()
        .success()
        .stdout_eq(
            "Name            ID              Status\n\
             日本語のチーム  ada-personal    Active\n\
             e\u{301}quipe          acme\n\
             Команда         team.with.dots\n",
        );
}

#[cfg(unix)]
fn run_to_the_end(home: &Home, columns: u16, line: &str) -> Terminal {
    let arguments = ["cloud"].into_iter().chain(line.split(' '));
    let mut terminal = Terminal::spawn(home, (60, columns), arguments);
    assert_eq!(terminal.wait().exit_code(), 0);
    terminal
}

/// What real keys and ids look like.
#[cfg(unix)]
const KEY: &str = "pk_01234567-89ab-cdef-0123-456789abcdef";

/// Acme with keys as long as real ones are, under names that people give.
#[cfg(unix)]
fn with_real_keys(cloud: &Cloud, names: &[&str]) {
    cloud.change(|state| {
        let acme = state.organization("acme").unwrap();
        acme.private_keys.clear();
        acme.public_keys.truncate(names.len());
        for (index, (key, name)) in acme.public_keys.iter_mut().zip(names).enumerate() {
            key["key"] = format!("{}{index}", &KEY[..KEY.len() - 1]).into();
            key["metadata"]["name"] = (*name).into();
        }
    });
}

#[cfg(unix)]
#[test]
fn a_table_is_fitted_to_the_terminal() {
    let (cloud, home) = ada();
    let names = [
        "Web client",
        "A name as long as the day is in June",
        "CI",
        "Phone",
    ];
    with_real_keys(&cloud, &names);
    let list = "organizations keys list -o acme";
    for (columns, line, expected) in [
        (
            120,
            list,
            str![[r#"
API keys of the organization `acme`
Name                                  Key                                      Created     Status
Web client                            pk_01234567-89ab-cdef-0123-456789abcde0  2026-01-02  Active
A name as long as the day is in June  pk_01234567-89ab-cdef-0123-456789abcde1  2026-01-03  Active
CI                                    pk_01234567-89ab-cdef-0123-456789abcde2  2026-01-04  Active
Phone                                 pk_01234567-89ab-cdef-0123-456789abcde3  2026-01-05  Revoked
"#]],
        ),
        (
            80,
            list,
            str![[r#"
API keys of the organization `acme`
Name                Key                                      Created     Status
Web client          pk_01234567-89ab-cdef-0123-456789abcde0  2026-01-02  Active
A name as long...   pk_01234567-89ab-cdef-0123-456789abcde1  2026-01-03  Active
CI                  pk_01234567-89ab-cdef-0123-456789abcde2  2026-01-04  Active
Phone               pk_01234567-89ab-cdef-0123-456789abcde3  2026-01-05  Revoked
"#]],
        ),
        (
            65,
            list,
            str![[r#"
API keys of the organization `acme`
Name             Key                                      Status
Web client       pk_01234567-89ab-cdef-0123-456789abcde0  Active
A name as lo...  pk_01234567-89ab-cdef-0123-456789abcde1  Active
CI               pk_01234567-89ab-cdef-0123-456789abcde2  Active
Phone            pk_01234567-89ab-cdef-0123-456789abcde3  Revoked
hidden to fit the terminal: Created
"#]],
        ),
        (
            40,
            list,
            str![[r#"
API keys of the organization `acme`
Name     Web client
Key      pk_01234567-89ab-cdef-0123-456789abcde0
Created  2026-01-02
Status   Active

Name     A name as long as the day is in June
Key      pk_01234567-89ab-cdef-0123-456789abcde1
Created  2026-01-03
Status   Active

Name     CI
Key      pk_01234567-89ab-cdef-0123-456789abcde2
Created  2026-01-04
Status   Active

Name     Phone
Key      pk_01234567-89ab-cdef-0123-456789abcde3
Created  2026-01-05
Status   Revoked
"#]],
        ),
        (
            40,
            "organizations list",
            str![[r#"
Name             ID              Status
Ada's workspace  ada-personal    Active
Acme Voice Labs  acme
Team With Dots   team.with.dots
"#]],
        ),
        (
            40,
            "organizations keys create -o acme -n Kiosk -d",
            str![[r#"
* created the key `Kiosk` of `acme`
Name             Kiosk
Key              pk_acme_0005_0123456789abcdef
Organization ID  acme
it is now the default key of `acme` in
  your configuration file
"#]],
        ),
    ] {
        let terminal = run_to_the_end(&home, columns, line);
        snapbox::assert_data_eq!(terminal.screen(), expected);
    }
}

#[cfg(unix)]
#[test]
fn no_key_is_cut_at_any_width() {
    let (cloud, home) = ada();
    with_real_keys(&cloud, &["Web client", "CI", "Phone", "日本語のチーム"]);
    for columns in [10, 39, 61, 120] {
        let terminal = run_to_the_end(&home, columns, "organizations keys list -o acme");
        let raw = String::from_utf8(terminal.raw()).unwrap();
        let shown = anstream::adapter::strip_str(&raw).to_string();
        assert_eq!(shown.matches(&KEY[..38]).count(), 4, "{columns}: {shown}");
    }
}
