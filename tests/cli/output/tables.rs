//! Tables for people.

#[cfg(unix)]
use snapbox::str;

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
            "Organization Name  Organization ID  Active\n\
             日本語のチーム     ada-personal     active\n\
             e\u{301}quipe             acme\n\
             Команда            team.with.dots\n",
        );
}

#[cfg(unix)]
fn run_to_the_end(home: &Home, columns: u16, line: &str) -> Terminal {
    let arguments = ["cloud"].into_iter().chain(line.split(' '));
    let mut terminal = Terminal::spawn(home, (60, columns), arguments);
    assert_eq!(terminal.wait().exit_code(), 0);
    terminal
}

#[cfg(unix)]
#[test]
fn a_table_that_does_not_fit_becomes_records() {
    let (_cloud, home) = ada();
    for (columns, line, expected) in [
        (
            40,
            "organizations list",
            str![[r"
Organization Name  Ada's workspace
Organization ID    ada-personal
Active             active

Organization Name  Acme Voice Labs
Organization ID    acme

Organization Name  Team With Dots
Organization ID    team.with.dots
"]],
        ),
        (
            40,
            "organizations keys list -o acme",
            str![[r#"
Name     Web client
Key      pk_acme_web_0123456789abcdef
Created  2 months ago (2026-01-02)
Status   Active

Name     Staging
Key      pk_acme_staging_1_0123456789abcdef
Created  2 months ago (2026-01-03)
Status   Active

Name     Staging
Key      pk_acme_staging_2_0123456789abcdef
Created  2 months ago (2026-01-04)
Status   Active

Name     Old phone line
Key      pk_acme_phone_0123456789abcdef
Created  2 months ago (2026-01-05)
Status   Revoked

Name     Server
Key      sk_acme_****
Created  2 months ago (2026-01-01)
Status   Active, private
"#]],
        ),
        (
            40,
            "organizations keys create -o acme -n Kiosk -d",
            str![[r"
Name             Kiosk
Key              pk_acme_0005_0123456789abcdef
Organization ID  acme
it is now the default key of `acme` in your configuration file
"]],
        ),
        (
            110,
            "organizations list",
            str![[r"
Organization Name  Organization ID  Active
Ada's workspace    ada-personal     active
Acme Voice Labs    acme
Team With Dots     team.with.dots
"]],
        ),
        (
            110,
            "organizations keys list -o acme",
            str![[r#"
Name            Key                                 Created                    Status
Web client      pk_acme_web_0123456789abcdef        2 months ago (2026-01-02)  Active
Staging         pk_acme_staging_1_0123456789abcdef  2 months ago (2026-01-03)  Active
Staging         pk_acme_staging_2_0123456789abcdef  2 months ago (2026-01-04)  Active
Old phone line  pk_acme_phone_0123456789abcdef      2 months ago (2026-01-05)  Revoked
Kiosk           pk_acme_0005_0123456789abcdef       2 months ago (2026-01-20)  Active, default
Server          sk_acme_****                        2 months ago (2026-01-01)  Active, private
"#]],
        ),
    ] {
        let terminal = run_to_the_end(&home, columns, line);
        snapbox::assert_data_eq!(terminal.screen(), expected);
    }
}

#[cfg(unix)]
#[test]
fn nothing_is_cut_or_wrapped_at_any_width() {
    let (_cloud, home) = ada();
    for columns in [10, 20, 39, 61, 120] {
        let terminal = run_to_the_end(&home, columns, "organizations keys list -o acme");
        let raw = String::from_utf8(terminal.raw()).unwrap();
        let shown = anstream::adapter::strip_str(&raw).to_string();
        for whole in [
            "pk_acme_web_0123456789abcdef",
            "pk_acme_staging_1_0123456789abcdef",
            "pk_acme_staging_2_0123456789abcdef",
            "pk_acme_phone_0123456789abcdef",
            "Old phone line",
        ] {
            assert_eq!(shown.matches(whole).count(), 1, "{columns}: {shown}");
        }
    }
}
