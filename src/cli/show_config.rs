//! `--show-cli-config`: the settings in force, and where each came from.

use serde_json::{Map, Value, json};

use crate::commands::{ConfigUse, Run};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::http::without_credentials;
use crate::output::{
    Column, Field, LogLevel, Mode, Note, REDACTED, Report, Row, Table, View, masked,
};
use crate::project::{DeployFile, Location, into_error};
use crate::settings::{Key, PAT_PREFIX, Settings};

/// What `--show-cli-config` asks for.
#[derive(Debug, Default, clap::Args)]
pub struct ShowConfig {}

/// The settings.
struct Effective {
    path: String,
    settings: Vec<Shown>,
    /// What is wrong with some of them.
    problems: Vec<Error>,
    /// Variables that are set in vain.
    unused: Vec<&'static str>,
    /// The deploy file, which is shown beside them.
    deploy: Deploy,
}

/// The deploy file, as far as it can be shown.
struct Deploy {
    /// Where it is, if it is there.
    path: Option<String>,
    file: Result<DeployFile>,
}

/// A setting.
struct Shown {
    name: &'static str,
    /// Redacted, and its source.
    value: Option<(String, String)>,
    problem: Option<String>,
}

impl Run for ShowConfig {
    fn config_use(&self) -> ConfigUse {
        ConfigUse::Shown
    }

    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let mut problems: Vec<Error> = Vec::new();
        let settings = Key::ALL.into_iter().map(|key| {
            let setting = context.settings.get(key);
            let checked = match &setting {
                Ok(_) => check(&context.settings, key),
                Err(_) => Ok(()),
            };
            let (setting, problem) = match setting {
                Ok(setting) => (setting, checked.err()),
                Err(error) => (None, Some(error)),
            };
            let value = setting.map(|setting| {
                let source = setting.source.to_string().replace('`', "");
                (redacted(key, setting.value), source)
            });
            // What another is wrong about is told there.
            let is_own = |one: &Error| {
                problems
                    .iter()
                    .all(|told| told.to_string() != one.to_string())
            };
            let problem = problem.filter(is_own);
            let said = problem.as_ref().map(ToString::to_string);
            problems.extend(problem);
            Shown {
                name: key.name(),
                value,
                problem: said,
            }
        });
        Ok(Box::new(Effective {
            path: context.store.path().display().to_string(),
            settings: settings.collect(),
            problems,
            unused: context.settings.unused_variables().collect(),
            deploy: Deploy::find(context),
        }))
    }
}

impl Deploy {
    fn find(context: &Context) -> Self {
        let location = Location::find(None, context.settings.environment());
        let file = location.read();
        let is_there = file.as_ref().map_or(true, |file| file.path.is_some());
        Self {
            path: is_there.then(|| location.path.display().to_string()),
            file: file.map_err(|problems| into_error(&problems)),
        }
    }

    /// The values of the file, if it is there and in order.
    fn values(&self) -> Vec<(String, Value, String)> {
        let Ok(DeployFile {
            path: Some(path),
            config,
            ..
        }) = &self.file
        else {
            return Vec::new();
        };
        let values = config.values().into_iter();
        let shown = values.map(|(key, value, place)| {
            let place = format!("{}:{}:{}", path.display(), place.line, place.column);
            (key, value, place)
        });
        shown.collect()
    }
}

/// Whether a value is one that the program can go by.
fn check(settings: &Settings, key: Key) -> Result<()> {
    match key {
        Key::Output => settings.choice::<Mode>(key).map(drop),
        Key::CliLogLevel => settings.choice::<LogLevel>(key).map(drop),
        _ => Ok(()),
    }
}

fn redacted(key: Key, value: String) -> String {
    match key {
        Key::Token | Key::RefreshToken => {
            let kind = if value.starts_with(PAT_PREFIX) {
                PAT_PREFIX
            } else {
                ""
            };
            format!("{kind}{REDACTED}")
        }
        Key::DefaultPublicKey => masked(&value),
        Key::ApiHost | Key::DashboardHost => without_credentials(&value),
        _ => value,
    }
}

impl Effective {
    /// The settings below `first`, with their sources as `named`.
    fn table(&self, first: impl Iterator<Item = Row>, named: impl Fn(&str) -> String) -> View {
        let settings = self.settings.iter().map(|shown| {
            let (value, source) = match (&shown.value, &shown.problem) {
                (Some((value, source)), _) => (value.clone(), named(source)),
                (None, Some(_)) => ("(invalid)".to_owned(), String::new()),
                (None, None) => (String::new(), String::new()),
            };
            Row::new([shown.name.to_owned(), value, source])
        });
        let file = Row::new([
            "deploy_config_path",
            self.deploy.path.as_deref().unwrap_or_default(),
            "",
        ]);
        let values = self
            .deploy
            .values()
            .into_iter()
            .map(|(key, value, source)| {
                let value = match value {
                    Value::String(text) => text,
                    other => other.to_string(),
                };
                Row::new([key, value, source])
            });
        let deploy = std::iter::once(file).chain(values);
        let columns = [
            Column::whole("Setting"),
            Column::whole("Value"),
            Column::text("Source"),
        ];
        View::Table(Table::new(columns, first.chain(settings).chain(deploy)))
    }
}

impl Report for Effective {
    fn json(&self) -> Value {
        let mut object = Map::new();
        object.insert("user_config_path".into(), json!({"value": self.path}));
        for Shown {
            name,
            value,
            problem,
        } in &self.settings
        {
            let mut setting = match value {
                Some((value, source)) => json!({"value": value, "source": source}),
                None => json!({"value": null, "source": null}),
            };
            if let Some(problem) = problem {
                setting["problem"] = json!(problem);
            }
            object.insert((*name).into(), setting);
        }
        object.insert(
            "deploy_config_path".into(),
            json!({"value": self.deploy.path}),
        );
        let values = self.deploy.values().into_iter();
        let values: Map<String, Value> = values
            .map(|(key, value, source)| (key, json!({"value": value, "source": source})))
            .collect();
        object.insert("deploy_config".into(), values.into());
        Value::Object(object)
    }

    fn plain(&self) -> View {
        let path = Row::new(["user_config_path", &self.path, ""]);
        self.table(std::iter::once(path), str::to_owned)
    }

    /// The path of the file is often longer than all values: it stands by itself.
    fn rich(&self) -> View {
        let path = View::Fields(vec![Field::new("user_config_path", self.path.as_str())]);
        let settings = self.table(std::iter::empty(), |source| {
            if source == self.path {
                "configuration file".to_owned()
            } else {
                source.to_owned()
            }
        });
        View::Several(vec![path, settings])
    }

    fn failure(&self) -> Option<&Error> {
        self.problems.first()
    }

    fn notes(&self) -> Vec<Note> {
        let others = self.problems.iter().skip(1);
        let others = others.flat_map(|problem| {
            let hints = problem.hints().iter().cloned().map(Note::Hint);
            std::iter::once(Note::Warning(problem.to_string())).chain(hints)
        });
        let unused = self.unused.iter();
        let unused = unused.map(|name| {
            Note::Warning(format!(
                "`{name}` is set, but never used: sessions are kept only in the configuration file"
            ))
        });
        let of_file = match &self.deploy.file {
            Ok(file) => file.warnings.iter().map(ToString::to_string).collect(),
            Err(error) => {
                let all = std::iter::once(error).chain(error.others());
                all.map(ToString::to_string).collect::<Vec<_>>()
            }
        };
        let of_file = of_file.into_iter().map(Note::Warning);
        others.chain(unused).chain(of_file).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_credential_is_shown() {
        let pat = redacted(Key::Token, "pcc_pat_0123456789".into());
        assert_eq!(pat, "pcc_pat_****");
        assert_eq!(redacted(Key::Token, "eyJhbGciOi".into()), "****");
        assert_eq!(redacted(Key::RefreshToken, "r3fresh".into()), "****");
        let key = redacted(Key::DefaultPublicKey, "pk_0123456789abcdef".into());
        assert_eq!(key, "pk_01234****");
        assert_eq!(redacted(Key::DefaultPublicKey, "pk_0".into()), "****");
    }
}
