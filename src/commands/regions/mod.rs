//! `pipecat cloud regions`.

mod delete;
mod enroll_token;
mod list;
mod register;
mod show;

use super::noun;
use crate::api::{RegionRecord, WithRaw};
use crate::error::{Code, Error};
use crate::output::{Report, Row, Table, View};
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
struct Record(WithRaw<RegionRecord>);

impl Report for Record {
    fn json(&self) -> Value {
        json!({"region": self.0.raw})
    }

    fn plain(&self) -> View {
        let region = &self.0.value;
        let text = |text: &Option<String>| text.clone().unwrap_or_else(|| NOTHING.to_owned());
        let rows = [
            ("Region key", text(&region.key)),
            ("Display name", text(&region.display_name)),
            ("Enrollment status", text(&region.enrollment_status)),
            (
                "Intermediate expires",
                text(&region.intermediate_expires_at),
            ),
            ("WS public endpoint", text(&region.ws_public_endpoint)),
            ("Architectures", joined(&region.architectures)),
            ("Default architecture", text(&region.default_architecture)),
            ("Workloads namespace", text(&region.workloads_namespace)),
        ];
        View::Table(Table {
            columns: vec!["Field", "Value"],
            rows: rows.map(|(label, value)| Row::new([label, &value])).into(),
        })
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
                "the organization `{organization}` has no region of its own `{key}`"
            ))
            .hint("see the regions there are with `pipecat cloud regions list`"),
        _ => error,
    }
}
