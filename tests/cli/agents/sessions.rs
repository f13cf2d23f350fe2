//! `agent sessions`.

use serde_json::json;
use snapbox::str;

use crate::support::cloud::Fault;
use crate::support::run::{ada, json, stderr, stdout};

const SESSIONS: &str = "/v1/organizations/acme/services/support-line/sessions";

#[test]
fn sessions_are_listed_with_times_in_one_form_and_words_for_how_they_ended() {
    let (cloud, home) = ada();
    cloud.fault(Fault::on("GET", SESSIONS).json(&json!({"sessions": [
        {"sessionId": "s1", "createdAt": "2026-02-01T08:00:00.250Z", "endedAt": null, "endState": "active", "botStartSeconds": 1.2, "coldStart": false},
        {"sessionId": "s2", "createdAt": "2026-02-01T09:00:00+01:00", "endedAt": "2026-02-02T09:00:00.9Z", "endState": "completed", "completionStatus": "200", "botStartSeconds": 6, "coldStart": true},
        {"sessionId": "s3", "createdAt": "2026-02-01T08:00:00Z", "endedAt": "2026-02-01T07:00:00Z", "endState": "completed", "completionStatus": "500"},
        {"sessionId": "s4", "endState": "ended_before_agent_start"},
        {"sessionId": "s5", "endState": "agent_start_timeout"},
        {"sessionId": "s6", "endState": "terminated"},
        {"sessionId": "s7", "endState": "agent_error"},
        {"sessionId": "s8", "endState": "unknown"},
        {"sessionId": "s9", "endState": "of tomorrow"},
        {"sessionId": "s10", "createdAt": "yesterday", "endedAt": "today"},
        {"sessionId": "s10"},
        {"createdAt": null},
        7,
    ]})));
    home.cloud("agent sessions support-line -o acme")
        .assert()
        .success()
        .stderr_eq("")
        .stdout_eq(str![[r#"
Session ID	Created At	Ended At	Duration	Status	Bot Start Seconds	Cold Start
s1	2026-02-01 08:00:00			Active	1.2	False
s2	2026-02-01 08:00:00	2026-02-02 09:00:00	25:00:00	Complete	6	True
s3	2026-02-01 08:00:00	2026-02-01 07:00:00		Error (500)		
s4				Ended before agent start		
s5				Timeout		
s6				Terminated		
s7				Agent error		
s8				Ended		
s9				Ended		
s10	yesterday	today		Complete		
s10				Active		
				Active		
				Active		

"#]]);
    assert_eq!(cloud.requests(), [format!("GET {SESSIONS}").as_str()]);
}

#[test]
fn a_state_is_sent_if_it_may_be_one() {
    let (cloud, home) = ada();
    let run = home
        .cloud("agent sessions support-line -o acme --end-state active")
        .assert()
        .success();
    assert_eq!(stdout(&run).lines().count(), 2);
    assert_eq!(
        cloud.requests(),
        [format!("GET {SESSIONS}?endState=active").as_str()]
    );
    // The service decides.
    home.cloud("agent sessions support-line -o acme --end-state of_tomorrow2")
        .assert()
        .code(1);
    let asked = cloud.requests().len();
    for state in ["Active", "a b", "_x", "a-b", "1a", "a\u{e4}"] {
        let run = home
            .judged([
                "cloud",
                "agent",
                "sessions",
                "support-line",
                "-o",
                "acme",
                "--end-state",
                state,
                "--output",
                "json",
            ])
            .assert()
            .code(1);
        assert_eq!(json(&run)["error"]["code"], "invalid_input", "{state}");
    }
    home.judged([
        "cloud",
        "agent",
        "sessions",
        "support-line",
        "-o",
        "acme",
        "--end-state",
        "",
    ])
    .assert()
    .code(1);
    assert_eq!(cloud.requests().len(), asked);
}

#[test]
fn what_is_not_shown_is_said_and_can_be_read_page_by_page() {
    let (cloud, home) = ada();
    let all = cloud.change(|state| {
        let agents = &mut state.at("acme").agents;
        agents.paging.cap = 40;
        let agent = agents
            .all
            .iter_mut()
            .find(|agent| agent.name == "support-line")
            .unwrap();
        agent.add_sessions(85);
        agent.sessions.len()
    });
    let run = home
        .cloud("agent sessions support-line -o acme")
        .assert()
        .success();
    assert_eq!(stdout(&run).lines().count(), 11);
    let told = stderr(&run);
    assert!(
        told.contains(&format!("showing 10 of {all} sessions")),
        "{told}"
    );
    assert!(
        told.contains("`pipecat cloud agent sessions support-line --all -o acme`"),
        "{told}"
    );

    let count = |line: &str| {
        let line = format!("agent sessions support-line -o acme --output json {line}");
        let run = home.cloud(&line).assert().success();
        json(&run)["sessions"].as_array().unwrap().len()
    };
    assert_eq!(count("--all"), all);
    assert_eq!(count("-n 3"), 3);
    assert_eq!(cloud.requests().last().unwrap().query, "limit=3");
    assert_eq!(count("--limit 55"), 55);
    // One that knows no offset shows its first page again, and again is enough.
    cloud.change(|state| state.at("acme").agents.paging.knows_offset = false);
    let before = cloud.requests().len();
    assert_eq!(count("--all"), 40);
    assert_eq!(cloud.requests().len() - before, 2);
    home.cloud("agent sessions support-line -o acme -n 0")
        .assert()
        .code(2);
}

#[test]
fn none_is_a_header_alone() {
    let (_cloud, home) = ada();
    home.cloud("agent sessions newcomer -o acme")
        .assert()
        .success()
        .stdout_eq(
            "Session ID\tCreated At\tEnded At\tDuration\tStatus\tBot Start Seconds\tCold Start\n",
        )
        .stderr_eq("`newcomer` has no sessions\n");
    let run = home
        .cloud("agent sessions newcomer -o acme --end-state terminated")
        .assert()
        .success();
    run.stderr_eq("`newcomer` has no sessions in the state `terminated`\n");
}

#[test]
fn one_session_is_told_with_what_happened_in_it_and_what_it_used() {
    let (cloud, home) = ada();
    let (id, stranger) = cloud.change(|state| {
        let agent = state.at("acme").agent("support-line");
        let with_metrics = agent
            .sessions
            .iter()
            .find(|session| session["resourceMetrics"].is_object());
        (
            with_metrics.unwrap()["sessionId"]
                .as_str()
                .unwrap()
                .to_owned(),
            "00000000-0000-4000-8000-000000000000",
        )
    });
    home.cloud(&format!(
        "agent sessions support-line -o acme --end-state Bad -i {id}"
    ))
    .assert()
    .success()
    .stdout_eq(str![[r#"
Session ID: 7f9d51c3-ec86-4095-a7f9-e8c3ec831853
Status: Complete (200)
Duration: 00:07:06
Created: 2026-02-01 08:13:00
Ended: 2026-02-01 08:20:07
Bot Start: 1.2s
Cold Start: No
Event: 2026-02-01 08:13:00 the request came in
Event: 2026-02-01 08:13:02 an agent got the request
Event: 2026-02-01 08:20:07 the session was completed
Samples: 40 over 585s
CPU: p50 0.15 cores, p99 0.24 cores
Memory: p50 128MB, p99 1.5GB

"#]]);
    assert_eq!(cloud.requests(), [format!("GET {SESSIONS}/{id}").as_str()]);
    let run = home
        .cloud(&format!(
            "agent sessions support-line -o acme --id {id} --output json"
        ))
        .assert()
        .success();
    assert_eq!(json(&run)["meetingIds"].as_array().unwrap().len(), 1);
    let run = home
        .cloud(&format!(
            "agent sessions support-line -o acme --id {stranger} --output json"
        ))
        .assert()
        .code(1);
    assert_eq!(json(&run)["error"]["code"], "404");
    assert!(stderr(&run).contains(&format!("has no session `{stranger}`")));
    let run = home
        .cloud("agent sessions support-line -o acme --id nonsense")
        .assert()
        .code(1);
    assert!(stderr(&run).contains("no UUID"), "{}", stderr(&run));
}
