//! The JSON schema of the deploy file, for editors. It is generated from the types of
//! [`file`](super::file) by the test below, so that the program need not carry what generates it.

/// The schema.
pub const SCHEMA: &str = include_str!("../../.github/pcc-deploy.schema.json");

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::path::Path;

    use boon::{Compiler, Schemas};
    use schemars::generate::SchemaSettings;
    use schemars::transform::{Transform, transform_subschemas};
    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
    use serde_json::{Value, json};
    use snapbox::{assert_data_eq, file};
    use toml::de::{DeTable, DeValue};

    use super::super::file::DeployConfig;
    use super::super::read;
    use super::super::section::Placed;
    use super::super::values::{Architecture, AudioFilter, Quantity};

    /// Schemas that stand where they are used.
    macro_rules! inlined {
        ($([$($generic:tt)*] $type:ty: |$generator:ident| $schema:expr;)+) => {
            $(impl<$($generic)*> JsonSchema for $type {
                fn inline_schema() -> bool {
                    true
                }

                fn schema_name() -> Cow<'static, str> {
                    stringify!($type).into()
                }

                fn json_schema($generator: &mut SchemaGenerator) -> Schema {
                    $schema
                }
            })+
        };
    }

    inlined! {
        [T: JsonSchema] Placed<T>: |generator| T::json_schema(generator);
        [] Architecture: |_generator| json_schema!({"enum": Self::NAMES});
        [] AudioFilter: |_generator| json_schema!({"enum": Self::NAMES});
        [] Quantity: |_generator| json_schema!({
            "type": ["string", "number"], "pattern": Self::PATTERN, "minimum": 0,
        });
    }

    /// Takes out `null`, which TOML does not have, and widths of numbers, which say nothing there.
    #[derive(Clone)]
    struct AsInToml;

    impl Transform for AsInToml {
        fn transform(&mut self, schema: &mut Schema) {
            transform_subschemas(self, schema);
            let null = json!("null");
            if let Some(types) = schema.get_mut("type").and_then(Value::as_array_mut) {
                types.retain(|one| *one != null);
                if let [one] = &types[..] {
                    let one = one.clone();
                    schema.insert("type".into(), one);
                }
            }
            if let Some(values) = schema.get_mut("enum").and_then(Value::as_array_mut) {
                values.retain(|one| !one.is_null());
            }
            schema.remove("format");
        }
    }

    /// The schema that the types have.
    fn generated() -> String {
        let settings = SchemaSettings::draft07().with(|settings| {
            settings.inline_subschemas = true;
            settings.transforms.push(Box::new(AsInToml));
        });
        let schema = settings
            .into_generator()
            .into_root_schema_for::<DeployConfig>();
        let Value::Object(mut rest) = schema.to_value() else {
            panic!("a schema is an object");
        };
        // What it is comes first.
        let mut schema = serde_json::Map::new();
        for name in ["$schema", "title", "description"] {
            schema.insert(name.to_owned(), rest.shift_remove(name).unwrap());
        }
        schema.extend(rest);
        let schema = Value::Object(schema);
        format!("{schema:#}\n")
    }

    #[test]
    fn the_schema_that_is_kept_is_that_of_the_types() {
        assert_data_eq!(
            generated(),
            file!["../../.github/pcc-deploy.schema.json": Text].raw()
        );
    }

    /// A text of TOML as the value that a validator takes.
    fn json_of(value: &DeValue) -> Value {
        match value {
            DeValue::String(text) => json!(text),
            DeValue::Integer(number) => {
                json!(i64::from_str_radix(number.as_str(), number.radix()).unwrap())
            }
            DeValue::Float(number) => json!(number.as_str().parse::<f64>().unwrap()),
            DeValue::Boolean(value) => json!(value),
            DeValue::Datetime(time) => json!({"datetime": time.to_string()}),
            DeValue::Array(items) => items.iter().map(|item| json_of(item.get_ref())).collect(),
            DeValue::Table(table) => table_of(table),
        }
    }

    fn table_of(table: &DeTable) -> Value {
        let fields = table.iter();
        let fields =
            fields.map(|(key, value)| (key.get_ref().to_string(), json_of(value.get_ref())));
        Value::Object(fields.collect())
    }

    #[test]
    fn schema_and_reader_agree_on_what_is_good_and_what_is_not() {
        let mut schemas = Schemas::new();
        let mut compiler = Compiler::new();
        let schema = serde_json::from_str(super::SCHEMA).unwrap();
        compiler.add_resource("schema.json", schema).unwrap();
        let schema = compiler.compile("schema.json", &mut schemas).unwrap();
        for (text, is_good) in read::tests::EXAMPLES {
            let table = DeTable::parse(text).unwrap();
            let value = table_of(table.get_ref());
            let valid = schemas.validate(&value, schema);
            let read = read::file(text, Path::new("pcc-deploy.toml"));
            assert_eq!(read.is_ok(), *is_good, "{text}: {read:?}");
            assert_eq!(valid.is_ok(), *is_good, "{text}: {valid:?}");
        }
    }
}
