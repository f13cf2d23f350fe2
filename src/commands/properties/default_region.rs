//! `organizations default-region`: the property of that name.

use serde_json::{Value, json};

use super::set::{Set, set_in};
use super::shown;
use crate::cli::DefaultRegion;
use crate::context::Context;
use crate::error::Result;
use crate::output::{Field, Note, Report, View};

/// The property.
const PROPERTY: &str = "defaultRegion";

/// The default region, as it is or as it has just become.
pub enum Region {
    Shown(Shown),
    Set(Set),
}

/// The default region as it is.
pub struct Shown {
    organization: String,
    current: Value,
    available: Vec<String>,
}

pub async fn default_region(context: &Context, options: DefaultRegion) -> Result<Region> {
    let organization = context.organization().await?.value;
    if let Some(region) = options.region {
        let set = set_in(context, organization, PROPERTY.to_owned(), &region).await?;
        return Ok(Region::Set(set));
    }
    let _progress = context.talk.progress("asking for the default region");
    let schema = context.api()?.property_schema(&organization).await?;
    let property = schema.get(PROPERTY).cloned().unwrap_or_default();
    let current = match &property["currentValue"] {
        Value::Null => property["default"].clone(),
        current => current.clone(),
    };
    let available = property["availableValues"].as_array();
    Ok(Region::Shown(Shown {
        organization,
        current,
        available: available.into_iter().flatten().map(shown).collect(),
    }))
}

impl Report for Region {
    fn json(&self) -> Value {
        match self {
            Self::Set(set) => set.json(),
            Self::Shown(region) => json!({
                "organization": region.organization,
                PROPERTY: region.current,
                "availableRegions": region.available,
            }),
        }
    }

    fn plain(&self) -> View {
        match self {
            Self::Set(set) => set.plain(),
            Self::Shown(region) => View::Fields(vec![
                Field::new("Default Region", shown(&region.current)),
                Field::new("Available Regions", region.available.join(", ")),
            ]),
        }
    }

    fn notes(&self) -> Vec<Note> {
        match self {
            Self::Shown(region) if region.current.is_null() => vec![Note::Plain(format!(
                "the organization `{}` has no default region",
                region.organization
            ))],
            _ => Vec::new(),
        }
    }
}
