//! `secrets`: values go in and never come out.

use std::fs;
#[cfg(unix)]
use std::time::Duration;

use serde_json::{Value, json};
use snapbox::cmd::OutputAssert;
use snapbox::str;

use crate::support::cloud::{ADA_PAT, Cloud, Fault};
use crate::support::home::Home;
use crate::support::run::{ada, json, stderr, stdout};
use crate::support::wire::{Behaviour, Wire};

const SETS: &str = "/v1/organizations/acme/secrets";

/// The bodies of the writes so far.
fn bodies(cloud: &Cloud) -> Vec<Value> {
    let writes = cloud.writes();
    let mut bodies = Vec::new();
    for request in &writes {
        bodies.push(request.json());
    }
    bodies
}

#[test]
fn sets_are_listed_with_what_is_known_of_them() {
    let (cloud, home) = ada();
    let run = home.cloud("secrets list -o acme").assert().success();
    let text = stdout(&run);
    let mut lines = text.lines();
    assert_eq!(
        lines.next(),
        Some("Secret Set Name\tRegion\tStatus\tType\tSource\tError")
    );
    let count = lines.count();
    assert_eq!(cloud.requests(), [format!("GET {SETS}").as_str()]);
    let run = home
        .cloud("secrets list -o acme --output json")
        .assert()
        .success();
    let listed = json(&run)["secretSets"].as_array().unwrap().clone();
    assert_eq!(listed.len(), count);
    let run = home
        .cloud("secrets list -o acme --sets --output json")
        .assert()
        .success();
    let only_sets = json(&run)["secretSets"].as_array().unwrap().clone();
    assert!(only_sets.len() < count);
    assert!(only_sets.iter().all(|set| set["type"] != "imagePullSecret"));
}

#[test]
fn a_region_that_there_is_not_is_told_before_the_sets_are_asked_for() {
    let (cloud, home) = ada();
    let run = home
        .cloud("secrets list -o acme --region us-wset")
        .assert()
        .code(1);
    let told = stderr(&run);
    assert!(told.contains("did you mean `us-west`?"), "{told}");
    assert_eq!(cloud.requests(), ["GET /v1/organizations/acme/regions"]);
}

#[test]
fn an_organization_without_sets_says_how_to_make_one() {
    let (_cloud, home) = ada();
    home.cloud("secrets list -o ada-personal")
        .assert()
        .code(1)
        .stdout_eq("")
        .stderr_eq(str![[r#"
error: the organization `ada-personal` has no secret sets
hint: create one with `pipecat cloud secrets set SET --file .env -o ada-personal`

"#]]);
}

#[test]
fn pairs_are_stored_one_after_the_other_and_no_value_is_shown() {
    let (cloud, mut home) = ada();
    home.env("PIPECAT_CLI_LOG_LEVEL", "TRACE");
    let run = home
        .pipecat([
            "cloud",
            "secrets",
            "set",
            "new-bot",
            "A=one-s3cret",
            "B = \"two=s3cret\" ",
            "A=three-s3cret",
            "-o",
            "acme",
            "--yes",
            "--output",
            "json",
        ])
        .assert()
        .success();
    assert_eq!(
        json(&run),
        json!({
            "secretSet": "new-bot",
            "organization": "acme",
            "region": "us-west",
            "action": "created",
            "keys": ["A", "B"],
        })
    );
    let body = |key: &str, value: &str| json!({"name": "new-bot", "isImagePullSecret": false, "secretKey": key, "secretValue": value});
    assert_eq!(
        bodies(&cloud),
        [body("A", "three-s3cret"), body("B", "two=s3cret")]
    );
    let requests = cloud.requests();
    let lines: Vec<String> = requests
        .iter()
        .map(|request| format!("{} {}", request.method, request.path))
        .collect();
    assert_eq!(
        lines,
        ["GET", "PUT", "PUT"].map(|method| format!("{method} {SETS}/new-bot"))
    );
    let said = stderr(&run) + &stdout(&run);
    assert!(!said.contains("s3cret"), "{said}");
}

#[test]
fn however_many_keys_there_are_one_connection_carries_them() {
    let cloud = Cloud::start();
    let wire = Wire::start([Behaviour::Forward(cloud.address())]);
    let home = Home::with_program(crate::support::program(), &wire.url());
    home.sign_in_pat(ADA_PAT);
    let pairs: Vec<String> = (0..10)
        .map(|number| format!("K{number}={number}"))
        .collect();
    let line = format!("secrets set new-bot {} -o acme --yes", pairs.join(" "));
    home.cloud(&line).assert().success();
    let methods: Vec<String> = cloud
        .requests()
        .iter()
        .map(|one| one.method.clone())
        .collect();
    assert_eq!(methods.join(" "), format!("GET{}", " PUT".repeat(10)));
    assert_eq!(wire.connections(), 1);
}

#[test]
fn a_file_means_what_python_dotenv_says() {
    let (cloud, home) = ada();
    let text = "# note\nexport A='one'\nB=\"-----BEGIN\\n${C}\nEND\" # more\r\nC={\"k\": 1}\n";
    fs::write(home.path().join(".env"), text).unwrap();
    let run = home
        .cloud("secrets set new-bot --file .env -o acme --yes")
        .assert()
        .success();
    let stored: Vec<Value> = bodies(&cloud)
        .iter()
        .map(|body| json!([body["secretKey"], body["secretValue"]]))
        .collect();
    assert_eq!(
        stored,
        [
            json!(["A", "one"]),
            json!(["B", "-----BEGIN\n${C}\nEND"]),
            json!(["C", "{\"k\": 1}"]),
        ]
    );
    let told = stderr(&run);
    assert!(told.contains("`.env`, line 3: the `${`"), "{told}");
}

#[test]
fn what_is_wrong_with_a_file_is_told_with_its_line_before_any_request() {
    let (cloud, home) = ada();
    for (bytes, told) in [
        (
            &b"A=x\nB=\"s3cret"[..],
            "line 2 (`B`): a quote is not closed",
        ),
        (b"", "there are no keys in"),
        (b"A.B=s3cret", "`A.B` is not a valid key"),
        (b"A=\n", "line 1 (`A`): the value is empty"),
        (b"\xff\xfeA\0=\0x\0", "UTF-16 (little endian)"),
        (b"A=\xe4s3cret", "not UTF-8"),
        (b"A=a\0s3cret", "zero byte"),
    ] {
        fs::write(home.path().join("bad.env"), bytes).unwrap();
        let run = home
            .cloud("secrets set new-bot -f bad.env -o acme --yes --output json")
            .assert()
            .code(1);
        assert_eq!(json(&run)["error"]["code"], "invalid_input");
        let said = stderr(&run);
        assert!(said.contains(told), "{said}");
        assert!(!said.contains("s3cret"), "{said}");
    }
    for missing in ["nothing.env", "."] {
        let line = format!("secrets set new-bot -f {missing} -o acme --yes");
        home.cloud(&line).assert().code(1);
    }
    assert_eq!(cloud.requests().len(), 0);
}

#[test]
fn values_come_from_the_environment_and_standard_input_byte_for_byte() {
    let (cloud, mut home) = ada();
    home.env("FROM_ENV", " \"as it is\" ");
    home.cloud("secrets set new-bot --from-env FROM_ENV --value-stdin PIPED -o acme --yes")
        .stdin("two\nlines\n\n")
        .assert()
        .success();
    let values: Vec<Value> = bodies(&cloud)
        .iter()
        .map(|body| body["secretValue"].clone())
        .collect();
    assert_eq!(values, [" \"as it is\" ", "two\nlines\n"]);
    home.cloud("secrets set new-bot --from-env NOT_THERE -o acme --yes")
        .assert()
        .code(1);
    home.cloud("secrets set new-bot --file - --value-stdin A -o acme --yes")
        .stdin("A=x")
        .assert()
        .code(1);
    assert_eq!(cloud.writes().len(), 2);
}

#[test]
fn off_a_terminal_a_question_names_the_option_that_answers_it() {
    let (cloud, home) = ada();
    for line in [
        "secrets set new-bot A=x -o acme",
        "secrets unset support-line-secrets A -o acme",
        "secrets delete support-line-secrets -o acme",
        "regions delete pce-berlin -o acme",
        "spend-limit clear -o acme",
        "github disconnect -o acme",
    ] {
        let run = home.cloud(line).assert().code(2);
        assert!(stderr(&run).contains("`--yes`"), "{line}: {}", stderr(&run));
    }
    assert_eq!(cloud.writes().len(), 0);
}

#[test]
fn a_failure_in_the_middle_says_what_is_stored_and_what_is_not() {
    let (cloud, home) = ada();
    let path = format!("{SETS}/new-bot");
    // The first one passes.
    cloud.fault(Fault::on("PUT", &path).times(1));
    let echo = json!({"error": "value three-s3cret is not allowed", "code": "PCC-1003"});
    cloud.fault(Fault::on("PUT", &path).status(403).json(&echo));
    let run = home
        .pipecat([
            "cloud",
            "secrets",
            "set",
            "new-bot",
            "A=1",
            "B=three-s3cret",
            "C=3",
            "-o",
            "acme",
            "--yes",
            "--output",
            "json",
        ])
        .assert()
        .code(1);
    let error = &json(&run)["error"];
    assert_eq!(error["stored"], json!(["A"]));
    assert_eq!(error["notStored"], json!(["B", "C"]));
    let said = stderr(&run) + &stdout(&run);
    assert!(said.contains("stored: `A`; not stored: `B`, `C`"), "{said}");
    assert!(!said.contains("s3cret"), "{said}");
}

/// Neither the value that was given, nor the login, nor its password.
fn assert_hidden(run: &OutputAssert) {
    let said = stderr(run) + &stdout(run);
    for secret in ["s3cret", "czNjcmV0", "YWRhOnMzY3JldA"] {
        assert!(!said.contains(secret), "{said}");
    }
}

#[test]
fn what_is_echoed_is_hidden_in_any_form_and_place() {
    let (cloud, mut home) = ada();
    home.env("PIPECAT_CLI_LOG_LEVEL", "TRACE");
    let forms = [
        "s3cret w\u{f6}rd",
        "czNjcmV0IHfDtnJk",
        "s3cret%20w%C3%B6rd",
        "ada:s3cret w\u{f6}rd",
        "YWRhOnMzY3JldCB3w7ZyZA==",
    ];
    for form in forms {
        for (status, answer) in [
            (400, json!({"error": format!("bad {form}"), form: [form]})),
            (202, json!({"status": "OK", "region": form})),
        ] {
            cloud.clear_faults();
            cloud.fault(Fault::under("PUT", SETS).status(status).json(&answer));
            for arguments in [
                &["set", "new-bot", "A=s3cret w\u{f6}rd"][..],
                &[
                    "image-pull-secret",
                    "hub",
                    "ghcr.io",
                    "ada:s3cret w\u{f6}rd",
                ],
            ] {
                // A value knows nothing of the login of another command.
                if arguments[0] == "set" && (form.starts_with("ada") || form.starts_with("YW")) {
                    continue;
                }
                if arguments[0] == "image-pull-secret" && !form.starts_with("YW") && status == 202 {
                    continue;
                }
                let words = ["cloud", "secrets"].iter().chain(arguments);
                let words = words.chain(&["-o", "acme", "--yes", "--output", "json"]);
                let run = home.pipecat(words).assert();
                assert_hidden(&run);
            }
        }
    }
}

#[test]
fn a_mistyped_line_shows_no_value() {
    let (_cloud, home) = ada();
    for arguments in [
        &["secrets", "sett", "bot", "A=s3cret"][..],
        &["secret", "set", "bot", "A=s3cret"],
        &["secrets", "A=s3cret"],
        &["secrets", "set", "bot", "A=s3cret", "--skipp"],
        &[
            "secrets",
            "image-pull-secrt",
            "hub",
            "ghcr.io",
            "ada:s3cret",
        ],
        &[
            "secrets",
            "image-pull-secret",
            "hub",
            "ghcr.io",
            "ada:x",
            "s3cret",
        ],
    ] {
        let words = ["cloud"].iter().chain(arguments);
        let run = home.pipecat(words).assert().code(2);
        assert_hidden(&run);
    }
}

#[test]
fn a_conflict_is_tried_again_since_twice_is_the_same() {
    let (cloud, home) = ada();
    let path = format!("{SETS}/new-bot");
    let busy = json!({"error": "Busy", "code": "CONFLICT"});
    cloud.fault(Fault::on("PUT", &path).times(1).status(409).json(&busy));
    home.cloud("secrets set new-bot A=1 -o acme --yes")
        .assert()
        .success();
    assert_eq!(cloud.writes().len(), 2);
}

#[test]
fn a_page_in_the_place_of_an_answer_is_no_success() {
    let (cloud, home) = ada();
    let page = "<html>sign in</html>";
    for line in [
        "secrets set new-bot A=1 -o acme --yes",
        "secrets delete support-line-secrets -o acme --yes",
        "regions delete pce-berlin -o acme --yes",
        "github disconnect -o acme --yes",
        "spend-limit clear -o acme --yes",
    ] {
        cloud.clear_faults();
        for method in ["PUT", "DELETE"] {
            cloud.fault(Fault::under(method, "/v1/").status(200).page(page));
        }
        let run = home
            .cloud(&format!("{line} --output json"))
            .assert()
            .code(1);
        assert_eq!(json(&run)["error"]["code"], "unexpected_response", "{line}");
        let told = stderr(&run);
        assert!(told.contains("may have been carried out"), "{line}: {told}");
    }
}

#[test]
fn a_login_is_stored_as_base64_and_never_shown() {
    let (cloud, mut home) = ada();
    home.env("PIPECAT_CLI_LOG_LEVEL", "TRACE");
    let run = home
        .cloud("secrets image-pull-secret hub-new https://hub.example --username ada --password-stdin -o acme")
        .stdin("t0ken\n")
        .assert()
        .success();
    assert_eq!(
        bodies(&cloud),
        [
            json!({"isImagePullSecret": true, "secretValue": "YWRhOnQwa2Vu", "host": "https://hub.example"})
        ]
    );
    assert_eq!(
        stdout(&run),
        "created the image pull secret `hub-new` of `acme` for `https://hub.example`, region `us-west`\n"
    );
    let said = stderr(&run) + &stdout(&run);
    assert!(
        !said.contains("t0ken") && !said.contains("YWRhOnQwa2Vu"),
        "{said}"
    );
    for line in [
        "secrets image-pull-secret x h nocolon -o acme",
        "secrets image-pull-secret x h : -o acme",
        "secrets image-pull-secret x h --no-encode a:b -o acme",
    ] {
        home.cloud(line).assert().code(1);
    }
    home.cloud("secrets image-pull-secret x h -o acme")
        .assert()
        .code(2);
    assert_eq!(cloud.writes().len(), 1);
}

#[test]
fn whoever_waits_is_told_when_the_set_is_ready_or_why_it_is_not() {
    let (cloud, home) = ada();
    cloud.change(|state| {
        let acme = state.organization("acme").unwrap();
        acme.secrets.course = vec![json!({"status": "ready"})];
    });
    home.cloud("secrets set new-bot A=1 -o acme --yes --wait")
        .assert()
        .success();
    cloud.change(|state| {
        let acme = state.organization("acme").unwrap();
        acme.secrets.course = vec![json!({"status": "failed", "errorMessage": "no such cluster"})];
    });
    let run = home
        .cloud("secrets set new-bot A=1 -o acme --yes --wait=5 --output json")
        .assert()
        .code(1);
    assert!(stderr(&run).contains("no such cluster"), "{}", stderr(&run));
    assert_eq!(json(&run)["error"]["stored"], json!(["A"]));
}

#[test]
fn no_name_leaves_its_segment() {
    let (cloud, home) = ada();
    for line in [
        "secrets delete .. -o acme --yes",
        "secrets unset .. A -o acme --yes",
        "regions delete . -o acme --yes",
        "regions show .. -o acme",
    ] {
        let run = home
            .cloud(&format!("{line} --output json"))
            .assert()
            .code(1);
        assert_eq!(json(&run)["error"]["code"], "invalid_input", "{line}");
    }
    home.cloud("secrets delete ../github/installation -o acme --yes")
        .assert()
        .code(1);
    assert_eq!(
        cloud.requests(),
        [format!("DELETE {SETS}/..%2Fgithub%2Finstallation").as_str()]
    );
}

#[cfg(unix)]
#[test]
fn an_interruption_between_two_keys_says_what_is_stored() {
    use crate::support::running::Running;
    let (cloud, home) = ada();
    let path = format!("{SETS}/new-bot");
    cloud.fault(Fault::on("PUT", &path).times(1));
    cloud.fault(Fault::on("PUT", &path).delay(Duration::from_secs(20)));
    let line = "cloud secrets set new-bot A=1 B=2 -o acme --yes --output json";
    let running = Running::start(home.command(line.split_whitespace()));
    while cloud.writes().len() < 2 {
        std::thread::yield_now();
    }
    running.signal("INT");
    let output = running.finish();
    assert_eq!(output.status.code(), Some(130));
    let value: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(value["error"]["code"], "interrupted");
    assert_eq!(value["error"]["stored"], json!(["A"]));
    assert_eq!(value["error"]["notStored"], json!(["B"]));
}
