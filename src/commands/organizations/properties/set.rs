//! `organizations properties set`.

use serde_json::{Value, json};

use super::text_of;
use crate::api::Properties;
use crate::commands::{InOrganization, Run, nearest};
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::output::{Report, View};

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

/// Sets a property of an organization, if its schema has nothing against it. The service has the
/// last word.
pub(in super::super) async fn set_in(
    context: &Context,
    organization: String,
    name: String,
    value: &str,
) -> Result<Set> {
    let _progress = context.printer.progress("setting the property");
    let api = context.api()?;
    check(&api.property_schema(&organization).await?, &name, value)?;
    let properties = api.set_property(&organization, &name, value).await?;
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

/// Refuses what the schema, where there is one, says will be refused.
fn check(schema: &Properties, name: &str, value: &str) -> Result<()> {
    if schema.is_empty() {
        return Ok(());
    }
    let Some(property) = schema.get(name) else {
        let names: Vec<String> = schema.keys().map(|name| format!("`{name}`")).collect();
        let nearest = nearest(name, schema.keys().map(String::as_str));
        let nearest = nearest.map(|name| format!("; did you mean `{name}`?"));
        let message = format!(
            "there is no property `{name}`{}",
            nearest.unwrap_or_default()
        );
        return Err(
            Error::new(Code::Usage, message).hint(format!("there are {}", names.join(", ")))
        );
    };
    let refused = |why: &str| {
        Error::new(
            Code::Usage,
            format!("`{value}` is no value of `{name}`, {why}"),
        )
    };
    if property["readOnly"] == true {
        return Err(Error::new(
            Code::Usage,
            format!("`{name}` cannot be set: it is read-only"),
        )
        .hint("run `pipecat cloud organizations properties schema` to see what can be"));
    }
    if let Some(available) = property["availableValues"].as_array()
        && !available.iter().any(|one| text_of(one) == value)
    {
        let names: Vec<String> = available
            .iter()
            .map(|one| format!("`{}`", text_of(one)))
            .collect();
        return Err(
            refused("which takes one of a list").hint(format!("it is one of {}", names.join(", ")))
        );
    }
    match property["type"].as_str() {
        Some("boolean") if !matches!(value, "true" | "false") => {
            Err(refused("which is `true` or `false`"))
        }
        Some("integer") if value.parse::<i64>().is_err() => Err(refused("which is a whole number")),
        Some("number") if !value.parse::<f64>().is_ok_and(f64::is_finite) => {
            Err(refused("which is a number"))
        }
        _ => Ok(()),
    }
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
    fn what_the_schema_is_against_is_refused() {
        let schema = json!({
            "region": {"type": "string", "availableValues": ["us-west", "eu-central"]},
            "flag": {"type": "boolean"},
            "seats": {"type": "integer"},
            "ratio": {"type": "number"},
            "plan": {"type": "string", "readOnly": true},
            "odd": 7,
        });
        let schema = schema.as_object().cloned().unwrap_or_default();
        for (name, value, fits) in [
            ("region", "eu-central", true),
            ("region", "mars", false),
            ("flag", "true", true),
            ("flag", "yes", false),
            ("seats", "-3", true),
            ("seats", "3.5", false),
            ("ratio", "3.5", true),
            ("ratio", "NaN", false),
            ("plan", "pro", false),
            ("nothing", "x", false),
            ("odd", "anything", true),
        ] {
            assert_eq!(
                check(&schema, name, value).is_ok(),
                fits,
                "{name} = {value}"
            );
        }
        assert!(check(&Properties::new(), "anything", "at all").is_ok());
    }
}
