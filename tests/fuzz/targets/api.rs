//! Whatever the service answers: users, organizations, keys, a Daily key; and whatever names go
//! into a path. No answer makes the client panic, what it reads is what was sent, and a name stays
//! in its segment.
//!
//! Input, separated by 0xFF: three bytes (route, two statuses), a `Location`, a `Retry-After`, an
//! organization, a key's id or name, two bodies. `$B` stands for the service's own address.
#![no_main]

use std::rc::Rc;

use libfuzzer_sys::fuzz_target;
use percent_encoding::percent_decode_str;
use pipecat_cloud_cli::api::{Api, Credential};
use pipecat_cloud_cli::error::{Code, Error};
use pipecat_cloud_cli::output::clean;
use pipecat_cloud_cli::settings::Source;
use pipecat_cloud_cli_fuzz::{Answer, Cloud};
use serde_json::Value;

std::thread_local! {
    static CLOUD: Cloud = Cloud::default();
}

fuzz_target!(|data: &[u8]| {
    CLOUD.with(|cloud| check(cloud, data));
});

fn check(cloud: &Cloud, data: &[u8]) {
    let mut parts = data.splitn(7, |byte| *byte == 0xFF);
    let mut next = || parts.next().unwrap_or_default();
    let control: Vec<u8> = next().iter().copied().chain([0; 3]).take(3).collect();
    let location = String::from_utf8_lossy(next());
    let location = location.replace("$B", cloud.base.as_str().trim_end_matches('/'));
    let retry_after = next();
    let organization = String::from_utf8_lossy(next());
    let name = String::from_utf8_lossy(next());
    let bodies = [next(), next()];
    let answers = [0, 1].map(|index| {
        Answer::new(
            control[index + 1],
            location.as_bytes(),
            retry_after,
            bodies[index],
        )
    });
    let credential = Credential::Fixed("pcc_pat_x".into(), Source::Environment("X"));
    let api = Api::new(Rc::clone(&cloud.http), cloud.base.clone(), credential);
    let (outcome, heads) = cloud.run(&answers, ask(&api, control[0], &organization, &name));
    match outcome {
        Ok(raws) => {
            // What cannot be held is replaced; all else is passed on as it was sent.
            let sent: Result<Vec<Value>, _> = bodies
                .iter()
                .map(|body| serde_json::from_slice(body))
                .collect();
            for raw in raws.into_iter().filter(|_| sent.is_ok()) {
                let mut sent = sent.iter().flatten();
                assert!(sent.any(|sent| contains(sent, &raw)), "{raw}");
            }
        }
        Err(error) => {
            assert!(!clean(&error.to_string()).contains(char::is_control));
            assert!(error.to_json()["code"] != Value::Null || error.code() != Code::Internal);
            assert_ne!(error.code(), Code::Internal, "{error}");
        }
    }
    for head in &heads {
        assert!(
            head.contains("authorization: Bearer pcc_pat_x\r\n"),
            "{head}"
        );
    }
    if let Some(first) = heads.first() {
        in_its_segment(control[0], first, &organization, &name);
    }
}

/// Asks for what `route` says, and gives whatever was kept as the service sent it.
async fn ask(api: &Api, route: u8, organization: &str, name: &str) -> Result<Vec<Value>, Error> {
    Ok(match route % 6 {
        0 => {
            let user = api.user().await?;
            assert!(
                !user.value.label().is_empty()
                    || user.value.id.is_empty()
                    || user.value.email.is_some()
            );
            vec![user.raw]
        }
        1 => {
            let organizations = api.organizations().await?;
            for one in &organizations {
                assert_eq!(
                    one.raw["name"].as_str().unwrap_or_default(),
                    one.value.name
                );
                assert!(one.value.label().contains(&one.value.name));
            }
            organizations.into_iter().map(|one| one.raw).collect()
        }
        2 => {
            let keys = api.keys(organization).await?;
            let count = |name: &str| keys.raw[name].as_array().map_or(0, Vec::len);
            if keys.raw.is_object() {
                assert_eq!(keys.value.len(), count("public") + count("private"));
            }
            vec![keys.raw]
        }
        3 => {
            let key = api.create_key(organization, name).await?;
            vec![key.raw]
        }
        4 => {
            api.revoke_key(organization, name).await?;
            Vec::new()
        }
        _ => {
            let key = api.daily_key(organization).await?;
            key.into_iter().map(|key| key.raw).collect()
        }
    })
}

/// Whether `raw` is `sent` or a part of it.
fn contains(sent: &Value, raw: &Value) -> bool {
    sent == raw
        || match sent {
            Value::Array(parts) => parts.iter().any(|part| contains(part, raw)),
            Value::Object(parts) => parts.values().any(|part| contains(part, raw)),
            _ => false,
        }
}

/// Names that were made up by somebody else ask for nothing but what they name.
fn in_its_segment(route: u8, head: &str, organization: &str, name: &str) {
    let target = head.split(' ').nth(1).unwrap();
    let segments: Vec<_> = target
        .split('/')
        .skip(1)
        .map(|segment| percent_decode_str(segment).decode_utf8().unwrap())
        .collect();
    let expected: &[&str] = match route % 6 {
        0 => &["v1", "users"],
        1 => &["v1", "organizations"],
        2 | 3 => &["v1", "organizations", organization, "apiKeys"],
        4 => &["v1", "organizations", organization, "apiKeys", name],
        _ => &["v1", "organizations", organization, "daily"],
    };
    assert_eq!(segments, expected, "{target}");
}
