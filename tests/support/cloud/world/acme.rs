//! What `acme` has beside members and keys: regions, profiles, secret sets, a spend limit and a
//! connection with GitHub, and the [agents](super::agents).

use serde_json::{Value, json};

use super::super::builds::Build;
use super::super::github::{Repository, installation};
use super::super::ids::sha;
use super::super::profiles::profile;
use super::super::regions::{Region, Regions};
use super::super::secrets::{IMAGE_PULL_SECRET, SecretSet};
use super::super::spend_limit::SpendLimit;
use super::{Organization, agents};

/// Puts everything into the organization.
pub(super) fn furnish(acme: &mut Organization) {
    acme.regions = regions();
    acme.profiles = vec![
        profile("agent-1x", "500m", "1Gi", false),
        profile("agent-2x", "1", "2Gi", false),
        profile("agent-3x", "1500m", "3Gi", false),
        profile("transcription", "2", "4Gi", true),
        profile("retired", "4", "8Gi", true),
    ];
    acme.profiles[3]["display_name"] = "Transcription, large".into();
    acme.profiles[4]["enabled"] = false.into();
    acme.secrets.sets = secret_sets();
    acme.secrets.in_clusters = [("pce-berlin", "vault"), ("pce-berlin", "telephony")]
        .map(|(region, name)| (region.to_owned(), name.to_owned()))
        .into();
    acme.spend_limit = SpendLimit::new(Some(50_000), 1_234);
    acme.github.installation = installation("acme-voice", "organization");
    acme.github.repositories = vec![
        Repository::new("acme-voice/concierge", &["main", "staging", "feature/menu"]),
        Repository::new("acme-voice/survey", &["main"]),
        Repository::new("acme-voice/site", &["trunk", "main"]),
    ];
    acme.github.repositories[2].listed["private"] = false.into();
    acme.agents.all = agents::agents();
    acme.builds.all = builds();
}

/// Two of the platform, of which one tells no architecture, and one of the organization's own.
fn regions() -> Regions {
    let mut frankfurt = Region::platform("eu-central", "Europe (Frankfurt)", &[]);
    for field in ["supported_architectures", "default_architecture"] {
        let listed = frankfurt.listed.as_object_mut();
        listed.expect("an object of ours").shift_remove(field);
    }
    let mut berlin = Region::registered("pce-berlin");
    for (field, value) in [
        ("display_name", json!("Berlin data centre")),
        ("enrollment_status", json!("enrolled")),
        ("intermediate_expires_at", json!("2026-08-01T00:00:00Z")),
        ("ws_public_endpoint", json!("wss://voice.acme.example")),
        ("supported_architectures", json!(["amd64", "arm64"])),
    ] {
        berlin.change(field, &value);
    }
    Regions {
        all: vec![
            Region::platform("us-west", "US West (Oregon)", &["arm64", "amd64"]),
            frankfurt,
            berlin,
        ],
        revokes_slowly: false,
    }
}

/// A set of each type, status and source.
fn secret_sets() -> Vec<SecretSet> {
    let mut ready = SecretSet::new("support-line-secrets", "secret", "us-west", "ready");
    ready.store("OPENAI_API_KEY", "sk-value-of-openai-0123456789");
    ready.store("DEEPGRAM_API_KEY", "value-of-deepgram-0123456789");
    ready.store("CARTESIA_API_KEY", "value-of-cartesia-0123456789");

    let mut pending = SecretSet::new("booking-secrets", "secret", "eu-central", "pending");
    pending.listed["source"] = "managed".into();
    pending.store("CRM_PASSWORD", "value-of-crm-0123456789");

    let mut failed = SecretSet::new("transcriber-secrets", "secret", "pce-berlin", "failed");
    failed.listed["errorMessage"] = "namespace pipecat-workloads not found".into();
    failed.store("WHISPER_URL", "value-of-whisper-0123456789");

    let mut login = SecretSet::new("docker-hub", IMAGE_PULL_SECRET, "us-west", "ready");
    login.host = Some("https://index.docker.io/v1/".to_owned());
    login.login = Some("YWNtZTp2YWx1ZS1vZi1sb2dpbi0wMTIzNDU2Nzg5".to_owned());

    let mut referenced = SecretSet::new("cluster-secrets", "secret", "pce-berlin", "unknown");
    referenced.listed["source"] = "referenced".into();

    let empty = SecretSet::new("survey-secrets", "secret", "us-west", "ready");
    vec![ready, pending, failed, login, referenced, empty]
}

/// One of each status, newest first; two from a repository.
fn builds() -> Vec<Build> {
    let nothing = Value::Null;
    let mut building = Build::new("concierge", "us-west", "0f1e2d3c4b5a6978").with(&json!({
        "status": "building",
        "commitSha": sha("concierge"),
        "repoFullName": "acme-voice/concierge",
        "ref": "refs/heads/main",
        "createdAt": "2026-01-31T16:20:00.000Z",
        "startedAt": "2026-01-31T16:20:04.000Z",
        "completedAt": nothing,
        "buildDurationSeconds": nothing,
        "imageSizeBytes": nothing,
    }));
    building.logs = vec![
        json!({"timestamp": "2026-01-31T16:20:05.120Z", "message": "#1 [internal] load build definition from Dockerfile"}),
        json!({"timestamp": "2026-01-31T16:20:07Z", "log": "#2 RUN pip install -r requirements.txt"}),
        json!("Collecting pipecat-ai"),
    ];
    let failed = Build::new("survey", "eu-central", "8899aabbccddeeff").with(&json!({
        "status": "failed",
        "commitSha": sha("survey"),
        "createdAt": "2026-01-30T11:00:00.000Z",
        "startedAt": "2026-01-30T11:00:03.000Z",
        "completedAt": "2026-01-30T11:00:45.000Z",
        "buildDurationSeconds": 42,
        "imageSizeBytes": nothing,
        "errorMessage": "process \"/bin/sh -c pip install -r requirements.txt\" did not complete successfully: exit code: 1",
    }));
    let done = Build::new("support-line", "us-west", "0123456789abcdef");
    let late = Build::new("transcriber", "pce-berlin", "1122334455667788").with(&json!({
        "status": "timeout",
        "createdAt": "2026-01-15T09:00:00.000Z",
        "startedAt": "2026-01-15T09:00:02.000Z",
        "completedAt": "2026-01-15T10:02:02.000Z",
        "buildDurationSeconds": 3720,
        "imageSizeBytes": nothing,
        "errorMessage": "the build took too long",
    }));
    let waiting = Build::new("booking", "us-west", "ffeeddccbbaa9988").with(&json!({
        "status": "pending",
        "createdAt": "2026-01-12T08:00:00.000Z",
        "startedAt": nothing,
        "completedAt": nothing,
        "buildDurationSeconds": nothing,
        "imageSizeBytes": nothing,
    }));
    vec![building, failed, done, late, waiting]
}
