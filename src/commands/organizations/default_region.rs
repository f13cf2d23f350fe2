//! `organizations default-region`: the property of that name.

use serde_json::{Value, json};

use super::properties::set::{Set, set_in};
use super::properties::text_of;
use crate::commands::{InOrganization, Run, titled};
use crate::context::Context;
use crate::error::Result;
use crate::output::{Field, Note, Report, View};

/// The property.
const PROPERTY: &str = "defaultRegion";

const EXAMPLES: &str = "\
Examples:
  pipecat cloud organizations default-region
  pipecat cloud organizations default-region eu-central";

/// Show or set the default region of an organization
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The region to make the default one. Without it, the present one is shown
    region: Option<String>,

    #[command(flatten)]
    organization: InOrganization,
}

/// The default region, as it is or as it has just become.
enum Region {
    Current(Current),
    Set(Set),
}

/// The default region as it is.
struct Current {
    organization: String,
    region: Value,
    available: Vec<String>,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let organization = context.organization().await?.value;
        if let Some(region) = self.region {
            let set = set_in(context, organization, PROPERTY.to_owned(), &region).await?;
            return Ok(Box::new(Region::Set(set)));
        }
        let _progress = context.printer.progress("looking up the default region");
        let schema = context.api()?.property_schema(&organization).await?;
        let property = schema.get(PROPERTY).cloned().unwrap_or_default();
        let current = match &property["currentValue"] {
            Value::Null => property["default"].clone(),
            current => current.clone(),
        };
        let available = property["availableValues"].as_array();
        Ok(Box::new(Region::Current(Current {
            organization,
            region: current,
            available: available.into_iter().flatten().map(text_of).collect(),
        })))
    }
}

impl Report for Region {
    fn json(&self) -> Value {
        match self {
            Self::Set(set) => set.json(),
            Self::Current(current) => json!({
                "organization": current.organization,
                PROPERTY: current.region,
                "availableRegions": current.available,
            }),
        }
    }

    fn plain(&self) -> View {
        match self {
            Self::Set(set) => set.plain(),
            Self::Current(current) => View::Fields(vec![
                Field::new("Default Region", text_of(&current.region)),
                Field::new("Available Regions", current.available.join(", ")),
            ]),
        }
    }

    fn title(&self) -> Option<String> {
        match self {
            Self::Set(_) => None,
            Self::Current(current) => titled("default region", &current.organization),
        }
    }

    fn notes(&self) -> Vec<Note> {
        match self {
            Self::Current(current) if current.region.is_null() => vec![Note::Plain(format!(
                "the organization `{}` has no default region",
                current.organization
            ))],
            _ => Vec::new(),
        }
    }
}
