//! `pipecat cloud regions`.

mod delete;
mod enroll_token;
mod list;
mod register;
mod show;

use super::{field_rows, noun, titled};
use crate::api::{RegionRecord, WithRaw};
use crate::error::{Code, Error};
use crate::output::{Field, Report, View};
use serde_json::{Value, json};

noun! {
    /// Regions that agents run in, and regions of your own
    Regions {
        List(list::Args),
        Show(show::Args),
        Register(register::Args),
        Delete(delete::Args),
        EnrollToken(enroll_token::Args),
    }
}

/// Stands in a cell that has no value.
const NOTHING: &str = "—";

/// A region of one's own.
struct Record {
    organization: String,
    region: WithRaw<RegionRecord>,
    /// What was done to it, if anything.
    done: Option<String>,
}

impl Report for Record {
    fn json(&self) -> Value {
        json!({"region": self.region.raw})
    }

    fn plain(&self) -> View {
        field_rows(self.fields())
    }

    fn rich(&self) -> View {
        View::Fields(self.fields())
    }

    fn title(&self) -> Option<String> {
        match self.done {
            Some(_) => None,
            None => {
                let key = self.region.value.key.as_deref().unwrap_or_default();
                titled(&format!("the region `{key}`"), &self.organization)
            }
        }
    }

    fn done(&self) -> Option<String> {
        self.done.clone()
    }
}

impl Record {
    fn fields(&self) -> Vec<Field> {
        let region = &self.region.value;
        let text = |text: &Option<String>| text.clone().unwrap_or_else(|| NOTHING.to_owned());
        vec![
            Field::new("Region key", text(&region.key)),
            Field::new("Display name", text(&region.display_name)),
            Field::new("Enrollment status", text(&region.enrollment_status)),
            Field::new(
                "Intermediate expires",
                text(&region.intermediate_expires_at),
            ),
            Field::new("WS public endpoint", text(&region.ws_public_endpoint)),
            Field::new("Architectures", joined(&region.architectures)),
            Field::new("Default architecture", text(&region.default_architecture)),
            Field::new("Workloads namespace", text(&region.workloads_namespace)),
        ]
    }
}

fn joined(names: &[String]) -> String {
    if names.is_empty() {
        return NOTHING.to_owned();
    }
    names.join(", ")
}

/// Says which region is not there.
fn missing(error: Error, organization: &str, key: &str) -> Error {
    match error.code() {
        Code::NotFound => error
            .reworded(format!(
                "the organization `{organization}` has no region `{key}` of its own"
            ))
            .hint("list its regions with `pipecat cloud regions list`"),
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::commands::odd::{changed, changes, check_table, config};

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn a_region_keeps_its_fields_and_none_is_empty(changes in changes()) {
            let raw = json!({"region_key": "pce-x", "display_name": "X",
                "enrollment_status": "enrolled", "intermediate_expires_at": "2026-08-01T00:00:00Z",
                "ws_public_endpoint": "wss://x.example", "supported_architectures": ["arm64"],
                "default_architecture": "arm64", "workloads_namespace": "bots"});
            let raw = changed(raw, changes);
            let region = WithRaw { value: RegionRecord::read(&raw), raw };
            let record = Record { organization: String::from("acme"), region, done: None };
            for line in check_table(&record, 8, 2)? {
                prop_assert!(line.split('\t').all(|cell| !cell.is_empty()), "{}", line);
            }
        }
    }
}
