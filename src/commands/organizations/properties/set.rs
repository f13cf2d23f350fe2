//! `organizations properties set`.

use serde_json::{Value, json};

use super::text_of;
use crate::api::Properties;
use crate::commands::{InOrganization, Run, listed, nearest};
use crate::context::Context;
use crate::error::{Code, Result};
use crate::limit::optional;
use crate::output::{Report, View, quoted};

const EXAMPLES: &str = "\
Examples:
  pipecat cloud organizations properties set defaultRegion eu-central";

/// Set a property
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The property
    #[arg(value_name = "NAME")]
    name: String,

    /// Its new value
    #[arg(value_name = "VALUE", allow_hyphen_values = true)]
    value: String,

    #[command(flatten)]
    organization: InOrganization,
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let organization = context.organization().await?.value;
        let set = set_in(context, organization, self.name, &self.value).await?;
        Ok(Box::new(set))
    }
}

/// A property has another value.
pub(in super::super) struct Set {
    organization: String,
    name: String,
    value: Value,
    properties: Properties,
}

/// Sets a property of an organization. The service decides; only where it has refused, the schema
/// is asked for what it would have taken.
pub(in super::super) async fn set_in(
    context: &Context,
    organization: String,
    name: String,
    value: &str,
) -> Result<Set> {
    let _progress = context.printer.progress("setting the property");
    let api = context.api()?;
    let properties = match api.set_property(&organization, &name, value).await {
        Err(error) if matches!(error.code(), Code::Rejected | Code::NotFound) => {
            let schema = optional(api.property_schema(&organization)).await;
            return Err(match advice(&schema.unwrap_or_default(), &name, value) {
                Some(advice) => error.hint(advice),
                None => error,
            });
        }
        outcome => outcome?,
    };
    Ok(Set {
        organization,
        value: properties
            .get(&name)
            .cloned()
            .unwrap_or_else(|| value.into()),
        name,
        properties,
    })
}

/// What the schema says about a value that was refused, if that explains it.
fn advice(schema: &Properties, name: &str, value: &str) -> Option<String> {
    let Some(property) = schema.get(name) else {
        let nearest = nearest(name, schema.keys().map(String::as_str));
        let nearest = nearest.map(|name| format!("did you mean {}? ", quoted(name)));
        let names: Vec<&String> = schema.keys().collect();
        let names = listed(&names);
        return (!schema.is_empty())
            .then(|| format!("{}the properties are {names}", nearest.unwrap_or_default()));
    };
    if property["readOnly"] == true {
        return Some(format!("`{name}` is read-only"));
    }
    let available = property["availableValues"].as_array();
    let available: Vec<String> = available.into_iter().flatten().map(text_of).collect();
    let kind = property["type"].as_str().unwrap_or_default();
    let wanted = match kind {
        _ if available.iter().any(|one| one == value) => return None,
        _ if !available.is_empty() => format!("one of {}", listed(&available)),
        "boolean" if !matches!(value, "true" | "false") => "`true` or `false`".to_owned(),
        "integer" if value.parse::<i64>().is_err() => "a whole number".to_owned(),
        "number" if !value.parse().is_ok_and(f64::is_finite) => "a number".to_owned(),
        _ => return None,
    };
    Some(format!("`{name}` is {wanted}"))
}

impl Report for Set {
    fn json(&self) -> Value {
        json!({
            "organization": self.organization,
            "property": self.name,
            "value": self.value,
            "properties": self.properties,
        })
    }

    fn plain(&self) -> View {
        View::Done(format!(
            "`{}` of the organization `{}` is now `{}`",
            self.name,
            self.organization,
            text_of(&self.value)
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_schema_is_against_is_explained() {
        let schema = json!({
            "region": {"type": "string", "availableValues": ["us-west", "eu-central"]},
            "flag": {"type": "boolean"},
            "seats": {"type": "integer"},
            "ratio": {"type": "number"},
            "plan": {"type": "string", "readOnly": true},
            "odd": 7,
        });
        let schema = schema.as_object().cloned().unwrap_or_default();
        for (name, value, advice) in [
            ("region", "eu-central", None),
            (
                "region",
                "mars",
                Some("`region` is one of `us-west`, `eu-central`"),
            ),
            ("flag", "true", None),
            ("flag", "yes", Some("`flag` is `true` or `false`")),
            ("seats", "-3", None),
            ("seats", "3.5", Some("`seats` is a whole number")),
            ("ratio", "3.5", None),
            ("ratio", "NaN", Some("`ratio` is a number")),
            ("plan", "pro", Some("`plan` is read-only")),
            (
                "zzz",
                "x",
                Some("the properties are `region`, `flag`, `seats`, `ratio`, `plan`, `odd`"),
            ),
            ("odd", "anything", None),
        ] {
            let told = super::advice(&schema, name, value);
            assert_eq!(told.as_deref(), advice, "{name} = {value}");
        }
        assert_eq!(
            super::advice(&Properties::new(), "anything", "at all"),
            None
        );
    }
}
