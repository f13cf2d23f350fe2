//! The fake cloud itself, where it is more than a table of answers: what it remembers, and how
//! lists go on. Asked with a plain HTTP client.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::browser::{self, Page};
use crate::support::cloud::agents::deploy::Fate;
use crate::support::cloud::agents::link::link;
use crate::support::cloud::agents::logs::line;
use crate::support::cloud::github::{Attempt, installation};
use crate::support::cloud::spend_limit::SpendLimit;
use crate::support::cloud::{ADA_PAT, Cloud, GRACE_PAT, hostile};

/// Sends a request with a bearer token.
fn send(cloud: &Cloud, token: &str, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let mut request = browser::client()
        .request(method, format!("{}{path}", cloud.url()))
        .bearer_auth(token);
    if !body.is_null() {
        request = request.body(body.to_string());
    }
    let page = Page::from(request.send().unwrap());
    (page.status, page.body.parse().unwrap_or_default())
}

/// Sends a request of ada's below `acme`.
fn acme(cloud: &Cloud, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let path = format!("/v1/organizations/acme/{path}");
    send(cloud, ADA_PAT, method, &path, body)
}

/// Reads, as ada, below `acme`.
#[track_caller]
fn get(cloud: &Cloud, path: &str) -> Value {
    let (status, body) = acme(cloud, "GET", path, &Value::Null);
    assert_eq!(status, 200, "{path}: {body}");
    body
}

fn status(cloud: &Cloud, method: &str, path: &str, body: &Value) -> u16 {
    acme(cloud, method, path, body).0
}

/// The texts of a field of all rows.
fn texts(rows: &Value, field: &str) -> Vec<String> {
    let rows = rows.as_array().unwrap().iter();
    rows.map(|row| row[field].as_str().unwrap().to_owned())
        .collect()
}

const LISTS: [&str; 6] = [
    "services",
    "agent-profiles",
    "secrets",
    "regions",
    "spend-limit",
    "github/installation",
];

#[test]
fn every_route_wants_a_token_of_a_member() {
    let cloud = Cloud::start();
    for list in LISTS {
        let path = |organization| format!("/v1/organizations/{organization}/{list}");
        let ask =
            |token, organization| send(&cloud, token, "GET", &path(organization), &Value::Null).0;
        assert_eq!(ask(ADA_PAT, "acme"), 200, "{list}");
        assert_eq!(ask(GRACE_PAT, "acme"), 200, "{list}");
        assert_eq!(ask(GRACE_PAT, "ada-personal"), 403, "{list}");
        assert_eq!(ask("pcc_pat_nobody", "acme"), 401, "{list}");
    }
    let path = "/v1/organizations/ada-personal/services";
    let (_, body) = send(&cloud, ADA_PAT, "GET", path, &Value::Null);
    assert_eq!(body, json!({"services": []}));
}

#[test]
fn agents_are_filtered_by_region_and_show_links_only_when_asked() {
    let cloud = Cloud::start();
    let all = &get(&cloud, "services")["services"];
    assert_eq!(all.as_array().unwrap().len(), 8);
    assert!(all[0].get("git").is_none());

    let there = &get(&cloud, "services?include=git&region=eu-central")["services"];
    assert_eq!(texts(there, "name"), ["booking", "survey"]);
    assert_eq!(there[1]["git"]["repoFullName"], "acme-voice/survey");
    cloud.change(|state| state.at("acme").agents.lists_links = false);
    let there = &get(&cloud, "services?include=git&region=eu-central")["services"];
    assert!(there[1].get("git").is_none());

    let deleted = json!({"status": "OK"});
    let gone = acme(&cloud, "DELETE", "services/survey", &Value::Null);
    assert_eq!(gone, (200, deleted));
    let (status, body) = acme(&cloud, "GET", "services/survey", &Value::Null);
    assert_eq!(status, 404);
    assert_eq!(body, json!({"error": "Agent not found", "code": "404"}));
}

#[test]
fn details_go_on_at_each_look() {
    let cloud = Cloud::start();
    let detail = |name: &str| get(&cloud, &format!("services/{name}"))["body"].clone();
    cloud.change(|state| {
        let agent = state.at("acme").agent("newcomer");
        agent.upcoming = [json!({"available": true}), json!({"ready": true})].into();
    });
    let states = [1, 2, 3].map(|_| {
        let detail = detail("newcomer");
        (detail["available"] == true, detail["ready"] == true)
    });
    assert_eq!(states, [(true, false), (true, true), (true, true)]);
}

#[test]
fn sessions_come_in_pages_newest_first_and_know_their_state() {
    let cloud = Cloud::start();
    let sessions = |query: &str| get(&cloud, &format!("services/support-line/sessions{query}"));
    let first = sessions("");
    assert_eq!(first["total_count"], 15);
    assert_eq!(first["sessions"].as_array().unwrap().len(), 10);
    assert_eq!(first["sessions"][0]["endState"], "active");
    assert!(first["sessions"][1].get("resourceMetrics").is_none());
    let rest = sessions("?limit=100&offset=10");
    let mut ids = texts(&first["sessions"], "sessionId");
    ids.extend(texts(&rest["sessions"], "sessionId"));
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 15);

    let running = sessions("?endState=active");
    assert_eq!(running["total_count"], 1);
    let id = running["sessions"][0]["sessionId"].as_str().unwrap();
    let one = format!("services/support-line/sessions/{id}");
    assert_eq!(get(&cloud, &one)["events"].as_array().unwrap().len(), 2);
    let stop = |path: &str| status(&cloud, "DELETE", path, &Value::Null);
    let (stopped, body) = acme(&cloud, "DELETE", &one, &Value::Null);
    assert_eq!(stopped, 200);
    assert_eq!(body, json!({"status": "terminated", "session_id": id}));
    assert_eq!(get(&cloud, &one)["endState"], "terminated");
    assert_eq!(
        get(&cloud, "services/support-line")["body"]["activeSessionCount"],
        0
    );
    assert_eq!(stop(&one), 404);
    assert_eq!(stop("services/support-line/sessions/first"), 400);
    assert_eq!(stop(&one.replace("support-line", "booking")), 404);
    let bad = "services/support-line/sessions?endState=over";
    assert_eq!(status(&cloud, "GET", bad, &Value::Null), 400);
}

#[test]
fn logs_come_in_pages_newest_first_and_grow_between_looks() {
    let cloud = Cloud::start();
    cloud.change(|state| {
        let acme = state.at("acme");
        acme.agents.paging.cap = 1_000;
        let logs = &mut acme.agent("booking").logs;
        let step = Duration::from_millis(250);
        logs.fill(2_500, "2026-02-01T10:00:00Z", step, |n| format!("line {n}"));
        let mut late = line("2026-02-01T10:00:00.1Z", "line late");
        late["sessionId"] = "some".into();
        logs.upcoming = [vec![], vec![line("2026-02-02T00:00:00Z", "line new"), late]].into();
    });
    let logs = |query: &str| get(&cloud, &format!("services/booking/logs?limit={query}"));

    let first = logs("1200");
    let (value, relation) = (&first["total"]["value"], &first["total"]["relation"]);
    assert_eq!((value, relation), (&json!(2_500), &json!("eq")));
    let first = texts(&first["logs"], "log");
    assert_eq!((first.len(), first[0].as_str()), (1_000, "line 2499"));
    assert_eq!(first[999], "line 1500");
    // A new line has pushed the old ones down, so the last of the page before comes again.
    let second = texts(&logs("1000&offset=1000")["logs"], "log");
    assert_eq!(second[..2], ["line 1500", "line 1499"]);
    // What arrives late stands at its time.
    let last = logs("10&offset=2498");
    assert_eq!(
        texts(&last["logs"], "log"),
        ["line 2", "line 1", "line late", "line 0"]
    );
    let of_session = logs("10&sessionId=some");
    assert_eq!(texts(&of_session["logs"], "log"), ["line late"]);
    assert_eq!(of_session["total"]["value"], 1);
    assert_eq!(logs("10&deploymentId=none")["logs"], json!([]));

    cloud.change(|state| {
        let paging = &mut state.at("acme").agents.paging;
        paging.knows_offset = false;
        paging.counts_to = 2_000;
    });
    let again = logs("3&offset=3");
    assert_eq!(
        texts(&again["logs"], "log"),
        ["line new", "line 2499", "line 2498"]
    );
    assert_eq!(again["total"], json!({"value": 2_000, "relation": "gte"}));
    for bad in ["0", "many", "3&offset=-1"] {
        let path = format!("services/booking/logs?limit={bad}");
        assert_eq!(status(&cloud, "GET", &path, &Value::Null), 400, "{bad}");
    }
}

#[test]
fn a_link_keeps_what_is_not_sent_takes_what_is_empty_and_goes() {
    let cloud = Cloud::start();
    let path = "services/support-line/environments/production/git";
    let make = |body: &Value| {
        let (status, body) = acme(&cloud, "POST", path, body);
        assert_eq!(status, 200, "{body}");
        body["gitConfig"].clone()
    };
    let target = json!({"repoFullName": "acme-voice/concierge", "branch": "main"});
    assert_eq!(make(&target), link("acme-voice/concierge", "main"));

    let mut body = target.clone();
    body["dockerfilePath"] = "Dockerfile.prod".into();
    body["subdirectory"] = "bots".into();
    body["autoDeploy"] = false.into();
    make(&body);
    let kept = make(&target);
    assert_eq!(kept["dockerfilePath"], "Dockerfile.prod");
    assert_eq!(
        (&kept["subdirectory"], &kept["autoDeploy"]),
        (&json!("bots"), &json!(false))
    );
    body = target.clone();
    body["dockerfilePath"] = "".into();
    body["subdirectory"] = Value::Null;
    let cleared = make(&body);
    assert_eq!(
        (&cleared["dockerfilePath"], &cleared["subdirectory"]),
        (&json!(""), &json!(null))
    );
    assert_eq!(get(&cloud, "services/support-line")["body"]["git"], cleared);

    body["autoDeploy"] = "yes".into();
    assert_eq!(status(&cloud, "POST", path, &body), 400);
    for (field, unknown) in [("repoFullName", "acme-voice/none"), ("branch", "none")] {
        let mut body = target.clone();
        body[field] = unknown.into();
        assert_eq!(status(&cloud, "POST", path, &body), 404, "{unknown}");
    }
    assert_eq!(status(&cloud, "DELETE", path, &Value::Null), 204);
    assert_eq!(status(&cloud, "DELETE", path, &Value::Null), 404);
    assert_eq!(
        get(&cloud, "services/support-line")["body"]["git"],
        Value::Null
    );
}

#[test]
fn a_deploy_of_the_branch_advances_at_each_look_and_then_runs() {
    let cloud = Cloud::start();
    let path = "services/concierge/environments/production/git/deploy";
    let deploy = || {
        let (status, body) = acme(&cloud, "POST", path, &json!({}));
        assert_eq!(status, 202, "{body}");
        body["deployIntent"].clone()
    };
    let look = || get(&cloud, "services/concierge")["body"].clone();
    let before = look()["deployedCommit"]["sha"].clone();

    let intent = deploy();
    assert_eq!(intent["ref"], "refs/heads/main");
    for status in ["pending", "building", "deploying"] {
        let detail = look();
        assert_eq!(detail["latestDeploy"]["status"], status);
        assert_eq!(detail["latestDeploy"]["commitSha"], intent["commitSha"]);
        assert_eq!(detail["deployedCommit"]["sha"], before);
    }
    assert_eq!(look()["latestDeploy"]["status"], "succeeded");
    let detail = look();
    assert_eq!(detail["latestDeploy"]["status"], "succeeded");
    assert_eq!(detail["deployedCommit"]["sha"], intent["commitSha"]);
    let deployments = &get(&cloud, "services/concierge/deployments")["deployments"];
    assert_eq!(deployments.as_array().unwrap().len(), 3);
    assert_eq!(deployments[0]["id"], detail["activeDeploymentId"]);

    cloud.change(|state| {
        let course = &mut state.at("acme").agent("concierge").deploy_course;
        *course = vec![
            Value::Null,
            json!({"status": "failed", "reason": "no Dockerfile"}),
            json!({"status": "building", "commitSha": "another"}),
        ];
    });
    let second = deploy();
    assert_ne!(second["commitSha"], intent["commitSha"]);
    assert_eq!(look()["latestDeploy"], Value::Null);
    assert_eq!(look()["latestDeploy"]["reason"], "no Dockerfile");
    assert_eq!(look()["latestDeploy"]["commitSha"], "another");
    assert_eq!(look()["deployedCommit"]["sha"], intent["commitSha"]);

    cloud.change(|state| state.at("acme").github.installation = Value::Null);
    assert_eq!(status(&cloud, "POST", path, &json!({})), 409);
}

#[test]
fn a_session_is_started_with_a_public_key_and_nothing_else() {
    let cloud = Cloud::start();
    let key = "pk_acme_web_0123456789abcdef";
    let start = |token: &str, agent: &str, body: &Value| {
        let path = format!("/v1/public/{agent}/start");
        let (status, body) = send(&cloud, token, "POST", &path, body);
        (status, body)
    };
    let plain = json!({"createDailyRoom": false});
    let code = |(status, body): (u16, Value)| (status, body["code"].clone());
    assert_eq!(start(ADA_PAT, "support-line", &plain).0, 401);
    assert_eq!(
        start("pk_acme_phone_0123456789abcdef", "support-line", &plain).0,
        401
    );
    assert_eq!(start(key, "nobody", &plain).0, 404);
    assert_eq!(start(key, "support-line", &json!({})).0, 400);
    assert_eq!(
        code(start(key, "outbound-sales", &plain)),
        (400, json!("PCC-1001"))
    );
    let large = json!({"createDailyRoom": false, "body": "x".repeat(1_000_001)});
    assert_eq!(start(key, "support-line", &large).0, 413);

    let (status, body) = start(key, "booking", &json!({"createDailyRoom": true, "body": 1}));
    assert_eq!(status, 200, "{body}");
    assert!(body["dailyRoom"].is_string() && body["dailyToken"].is_string());
    let sessions = &get(&cloud, "services/booking/sessions")["sessions"];
    assert_eq!(sessions[0]["sessionId"], body["sessionId"]);
    assert_eq!(
        get(&cloud, "services/booking")["body"]["activeSessionCount"],
        1
    );

    cloud.change(|state| {
        state.at("acme").agent("booking").detail["autoScaling"]["maxReplicas"] = 1.into();
    });
    let (status, full) = start(key, "booking", &plain);
    assert_eq!((status, &full["code"]), (429, &json!("429")));
    assert!(full["message"].is_string());
    cloud.change(|state| state.at("acme").spend_limit = SpendLimit::new(Some(100), 100));
    let (status, blocked) = start(key, "booking", &plain);
    assert_eq!((status, &blocked["limitCents"]), (402, &json!(100)));
}

#[test]
fn profiles_are_made_and_changed_but_for_those_of_the_platform() {
    let cloud = Cloud::start();
    let new = json!({
        "apiName": "big",
        "displayName": "Big",
        "resources": {"cpu": "4", "memory": "8Gi"},
    });
    assert_eq!(status(&cloud, "POST", "agent-profiles", &new), 201);
    assert_eq!(status(&cloud, "POST", "agent-profiles", &new), 409);
    let patch =
        |name: &str, body: Value| status(&cloud, "PATCH", &format!("agent-profiles/{name}"), &body);
    assert_eq!(patch("big", json!({"enabled": false})), 200);
    assert_eq!(patch("big", json!({"resources": {"cpu": "1"}})), 400);
    assert_eq!(patch("big", json!({})), 400);
    assert_eq!(patch("agent-1x", json!({"enabled": false})), 403);
    assert_eq!(patch("none", json!({"enabled": false})), 404);
    let profiles = &get(&cloud, "agent-profiles")["agentProfiles"];
    let big = profiles.as_array().unwrap().last().unwrap();
    assert_eq!(big["display_name"], "Big");
    assert_eq!(big["resources"], json!({"cpu": "4", "memory": "8Gi"}));
    assert_eq!(
        (&big["custom"], &big["enabled"]),
        (&json!(true), &json!(false))
    );
}

#[test]
fn secret_values_are_kept_to_the_byte_and_never_told() {
    let cloud = Cloud::start();
    let store = |set: &str, key: &str, value: &str| {
        let body = json!({
            "name": set,
            "isImagePullSecret": false,
            "secretKey": key,
            "secretValue": value,
        });
        acme(&cloud, "PUT", &format!("secrets/{set}"), &body)
    };
    let accepted = (202, json!({"status": "OK", "region": "us-west"}));
    assert_eq!(store("fresh", "PEM", "-----\n ü \t\u{1b}"), accepted);
    assert_eq!(store("fresh", "B", "two"), accepted);
    assert_eq!(store("fresh", "PEM", "-----\r\n ü "), accepted);
    cloud.change(|state| {
        let set = state.at("acme").secret_set("fresh");
        assert_eq!(set.value("PEM"), Some("-----\r\n ü "));
    });
    // Stored, on its way, and there.
    let looks = [1, 2, 3].map(|_| get(&cloud, "secrets/fresh"));
    assert_eq!(
        looks.each_ref().map(|look| &look["status"]),
        ["pending", "ready", "ready"]
    );
    assert_eq!(
        looks[0]["secrets"],
        json!([{"fieldName": "PEM"}, {"fieldName": "B"}])
    );

    let login = json!({"isImagePullSecret": true, "secretValue": "YTpi", "host": "ghcr.io"});
    assert_eq!(status(&cloud, "PUT", "secrets/pull", &login), 202);
    assert_eq!(status(&cloud, "PUT", "secrets/fresh", &login), 400);
    assert_eq!(status(&cloud, "GET", "secrets/pull", &Value::Null), 400);
    cloud.change(|state| {
        let set = state.at("acme").secret_set("pull");
        assert_eq!(set.login.as_deref(), Some("YTpi"));
    });
    assert_eq!(store("docker-hub", "A", "b").0, 400);
    assert_eq!(store("cluster-secrets", "A", "b").0, 400);
    assert_eq!(store("Upper", "A", "b").0, 400);
    assert_eq!(store("fresh", "A", "").0, 400);

    let answers = ["secrets", "secrets/fresh", "secrets/support-line-secrets"]
        .map(|path| get(&cloud, path).to_string());
    for value in ["-----", "YTpi", "value-of", "ghcr.io"] {
        assert!(!answers.concat().contains(value), "{value}");
    }
    let delete = |path: &str| status(&cloud, "DELETE", path, &Value::Null);
    assert_eq!(
        (delete("secrets/fresh/PEM"), delete("secrets/fresh/PEM")),
        (200, 404)
    );
    assert_eq!(
        (delete("secrets/fresh"), delete("secrets/fresh")),
        (200, 404)
    );
    let here = &get(&cloud, "secrets?region=eu-central")["sets"];
    assert_eq!(texts(here, "name"), ["booking-secrets"]);

    let refer = |name: &str| json!({"name": name, "region": "pce-berlin"});
    let (status, body) = acme(&cloud, "POST", "secrets/references", &refer("vault"));
    assert_eq!((status, &body["source"]), (201, &json!("referenced")));
    assert_eq!(
        acme(&cloud, "POST", "secrets/references", &refer("vault")).0,
        409
    );
    assert_eq!(
        acme(&cloud, "POST", "secrets/references", &refer("none")).0,
        404
    );
}

#[test]
fn a_region_is_registered_changed_enrolled_and_revoked() {
    let cloud = Cloud::start();
    let region = json!({
        "regionKey": "pce-oslo",
        "displayName": "Oslo",
        "supportedArchitectures": ["arm64"],
    });
    let (status_of_new, record) = acme(&cloud, "POST", "regions", &region);
    assert_eq!(
        (status_of_new, &record["region_key"]),
        (201, &json!("pce-oslo"))
    );
    let change = json!({"regionKey": "pce-oslo", "workloadsNamespace": "bots"});
    let (_, record) = acme(&cloud, "POST", "regions", &change);
    assert_eq!(record["workloads_namespace"], "bots");
    assert_eq!(record["display_name"], "Oslo");
    assert_eq!(get(&cloud, "regions/pce-oslo"), record);
    let listed = &get(&cloud, "regions")["regions"][3];
    assert_eq!(listed["supported_architectures"], json!(["arm64"]));

    let tokens = "regions/pce-oslo/enrollment-tokens";
    let token = || acme(&cloud, "POST", tokens, &json!({})).1["token"].clone();
    assert_ne!(token(), token());
    let delete = |key: &str| acme(&cloud, "DELETE", &format!("regions/{key}"), &Value::Null);
    assert_eq!(delete("pce-berlin").0, 409);
    assert_eq!(delete("us-west").0, 404);
    assert_eq!((delete("pce-oslo").0, delete("pce-oslo").0), (204, 404));
    cloud.change(|state| {
        state.at("acme").agents.all.clear();
        state.at("acme").regions.revokes_slowly = true;
    });
    let (status_of_slow, body) = delete("pce-berlin");
    assert_eq!(
        (status_of_slow, &body["propagation"]),
        (202, &json!("pending"))
    );
    let bad = json!({"regionKey": "oslo"});
    assert_eq!(status(&cloud, "POST", "regions", &bad), 400);
}

#[test]
fn a_spend_limit_blocks_where_more_is_spent_already() {
    let cloud = Cloud::start();
    let put = |cents: Value| acme(&cloud, "PUT", "spend-limit", &json!({"limitCents": cents}));
    assert_eq!(get(&cloud, "spend-limit")["blocked"], false);
    let (_, body) = put(json!(1_234));
    assert_eq!(
        (&body["limitCents"], &body["blocked"]),
        (&json!(1_234), &json!(true))
    );
    let (_, body) = put(Value::Null);
    assert_eq!(
        (&body["limitCents"], &body["blocked"]),
        (&Value::Null, &json!(false))
    );
    assert_eq!(get(&cloud, "spend-limit"), body);
    for bad in [json!(-1), json!(1.5), json!("5")] {
        assert_eq!(put(bad).0, 400);
    }
    cloud.change(|state| state.at("acme").spend_limit = SpendLimit::default());
    assert_eq!(status(&cloud, "GET", "spend-limit", &Value::Null), 404);
    assert_eq!(put(json!(5)).1["limitCents"], 5);
}

#[test]
fn github_is_disconnected_and_connected_after_some_looks() {
    let cloud = Cloud::start();
    let branches = "github/repositories/acme-voice/concierge/branches";
    let found = get(&cloud, &format!("{branches}?query=feature%2F"));
    assert_eq!(found, json!({"branches": ["feature/menu"]}));
    cloud.change(|state| state.at("acme").github.branch_cap = 2);
    assert_eq!(
        get(&cloud, branches),
        json!({"branches": ["main", "staging"]})
    );

    assert_eq!(
        status(&cloud, "DELETE", "github/installation", &Value::Null),
        200
    );
    assert_eq!(
        status(&cloud, "DELETE", "github/installation", &Value::Null),
        404
    );
    assert_eq!(
        get(&cloud, "services/concierge")["body"]["git"],
        Value::Null
    );
    assert_eq!(
        status(&cloud, "GET", "github/repositories", &Value::Null),
        409
    );

    let attempt = |looks| {
        cloud.change(|state| {
            let installation = installation("ada", "user");
            state.at("acme").github.attempt = Some(Attempt {
                looks,
                installation,
            });
        });
    };
    let look = || status(&cloud, "GET", "github/installation", &Value::Null);
    attempt(2);
    assert_eq!([look(), look(), look()], [404, 404, 404]);
    let address = || get(&cloud, "github/install-url")["url"].clone();
    assert_ne!(address(), address());
    assert_eq!([look(), look(), look()], [404, 404, 200]);

    cloud.change(|state| state.at("acme").github.installation = Value::Null);
    cloud.change(|state| state.at("acme").github.says_null = true);
    assert_eq!(
        get(&cloud, "github/installation"),
        json!({"installation": null})
    );
    attempt(0);
    let (status, body) = acme(&cloud, "GET", "github/link-url", &Value::Null);
    assert_eq!((status, &body["reason"]), (409, &json!("org_has_one")));
    assert_eq!(look(), 200);
}

#[test]
fn hostile_text_reaches_every_answer_and_leaves_paths_alone() {
    let cloud = Cloud::start();
    cloud.change(|state| state.at("acme").taint(hostile::TEXT));
    for path in LISTS.into_iter().chain([
        "services/support-line",
        "services/support-line/deployments",
        "services/support-line/sessions",
        "services/support-line/logs",
        "secrets/support-line-secrets",
        "regions/pce-berlin",
        "github/repositories",
        "github/repositories/acme-voice/site/branches",
    ]) {
        let answer = get(&cloud, path).to_string();
        assert!(answer.contains("[/x][red]:rocket:"), "{path}");
    }
    assert_eq!(
        status(&cloud, "GET", "secrets/docker-hub", &Value::Null),
        400
    );
}

#[test]
fn a_deployment_is_checked_kept_and_has_its_fate() {
    let cloud = Cloud::start();
    let body = |name: &str, more: Value| {
        let mut body = json!({
            "serviceName": name,
            "image": "acme/bot:1",
            "autoScaling": {"minAgents": 0},
            "krispViva": {},
        });
        for (field, value) in more.as_object().into_iter().flatten() {
            body[field] = value.clone();
        }
        body
    };
    for (method, name, more, expected) in [
        ("POST", "Bad_Name", json!({}), 400),
        ("POST", "support-line", json!({}), 409),
        ("PUT", "nobody", json!({}), 404),
        ("PUT", "support-line", json!({"buildId": "b"}), 400),
        ("PUT", "support-line", json!({"region": "eu-central"}), 400),
        ("PUT", "support-line", json!({"secretSet": "nothing"}), 404),
        (
            "PUT",
            "support-line",
            json!({"secretSet": "booking-secrets"}),
            400,
        ),
        (
            "PUT",
            "booking",
            json!({"secretSet": "booking-secrets"}),
            409,
        ),
    ] {
        let body = body(name, more);
        assert_eq!(
            status(&cloud, method, "services", &body),
            expected,
            "{body}"
        );
    }

    let before = get(&cloud, "services/support-line")["body"]["desiredDeploymentId"].clone();
    cloud.change(|state| state.at("acme").agents.fate = Fate::RollsOut);
    let sent = body("support-line", json!({"misspelt": 1}));
    let (_, answer) = acme(&cloud, "PUT", "services", &sent);
    assert_ne!(answer["desiredDeploymentId"], before);
    assert_eq!(answer["reconciledDeploymentId"], before);
    let states: Vec<bool> = (0..3)
        .map(|_| get(&cloud, "services/support-line")["body"]["ready"] == true)
        .collect();
    assert_eq!(states, [true, false, true]);
    let (_, again) = acme(&cloud, "PUT", "services", &sent);
    assert!(again["warning"].is_string());
    cloud.change(|state| {
        let kept = state.at("acme").agent("support-line").body.clone().unwrap();
        assert_eq!(kept, body("support-line", json!({})));
    });
    assert_eq!(
        status(&cloud, "POST", "services", &body("new", json!({}))),
        201
    );
}
