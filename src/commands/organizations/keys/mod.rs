//! `pipecat cloud organizations keys`.

mod create;
mod cycle;
mod list;
mod revoke;
mod use_key;

use clap_complete::engine::ArgValueCompleter;
use secrecy::{ExposeSecret as _, SecretString};

use crate::api::{ApiKey, KeyKind};
use crate::commands::{InOrganization, listed, nearest, noun, secret};
use crate::completions;
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::output::{day, masked};
use crate::store::{Document, OnMalformed, keys};

noun! {
    /// API keys of an organization
    Keys {
        List(list::Args),
        Create(create::Args),
        Use(use_key::Args),
        Revoke(revoke::Args),
        Cycle(cycle::Args),
    }
}

/// The command that shows how things stand.
const LIST: &str = "pipecat cloud organizations keys list";

/// A key that is about to end, and whether that is settled.
#[derive(Debug, clap::Args)]
struct EndKey {
    /// The key: its id, its name or the key itself. Without it, choose from a list
    #[arg(
        long,
        value_name = "ID|NAME|KEY",
        value_parser = secret,
        add = ArgValueCompleter::new(completions::key_names)
    )]
    key: Option<SecretString>,

    /// Do not ask for confirmation
    #[arg(short = 'y', long)]
    yes: bool,

    #[command(flatten)]
    organization: InOrganization,
}

/// What becomes of those who use a key once it is revoked.
const WHAT_STOPS: &str = "Apps that use it will no longer be able to start agents.";

/// The error for an organization without keys (of a kind).
fn no_keys(organization: &str, which: &str) -> Error {
    Error::new(
        Code::NotFound,
        format!("the organization `{organization}` has no {which}"),
    )
    .hint("create one with `pipecat cloud organizations keys create`")
}

/// The key as people may see it: a private one is masked.
fn display_key(key: &ApiKey) -> String {
    match key.kind {
        KeyKind::Public => key.key().to_owned(),
        KeyKind::Private => masked(key.key()),
    }
}

/// The last characters of a key, which tell it from others of its name.
fn tail(key: &str) -> &str {
    let start = key.char_indices().rev().nth(5).map_or(0, |(at, _)| at);
    &key[start..]
}

/// The active public key that the person means: by id, by the key itself, or by a name that only
/// one has; from a list if nothing was said. Private keys are the dashboard's affair.
async fn choose(
    context: &Context,
    organization: &str,
    wanted: Option<&SecretString>,
    question: &str,
) -> Result<ApiKey> {
    let keys = {
        let _progress = context.printer.progress("listing the API keys");
        context.api()?.keys(organization).await?.value
    };
    let usable = |key: &ApiKey| key.kind == KeyKind::Public && !key.revoked;
    let (mut active, others): (Vec<ApiKey>, Vec<ApiKey>) = keys.into_iter().partition(usable);
    if active.is_empty() {
        return Err(no_keys(organization, "active public API keys"));
    }
    let index = match wanted {
        Some(wanted) => find(&active, &others, wanted.expose_secret())?,
        None => {
            let current = context.settings.default_key(organization)?;
            let is_current = |key: &ApiKey| current.as_deref() == Some(key.key());
            let start = active.iter().position(is_current).unwrap_or_default();
            let labels: Vec<String> = active
                .iter()
                .map(|key| {
                    let mark = if is_current(key) { ", default" } else { "" };
                    format!(
                        "{} (..{}, {}{mark})",
                        key.name,
                        tail(key.key()),
                        day(&key.created_at)
                    )
                })
                .collect();
            context
                .prompt
                .select(question, &labels, start, "`--key ID|NAME|KEY`")
                .await?
        }
    };
    Ok(active.swap_remove(index))
}

/// Makes a key the default one of an organization, in the file.
async fn store_default(context: &Context, organization: &str, key: &str, name: &str) -> Result<()> {
    let store = |document: &mut Document| {
        document.set_in(organization, keys::DEFAULT_PUBLIC_KEY, key)?;
        document.set_in(organization, keys::DEFAULT_PUBLIC_KEY_NAME, name)
    };
    context.edit(OnMalformed::Fail, store).await
}

/// The organizations in the file whose default key this is.
fn defaults_with(document: &Document, key: &str) -> Vec<String> {
    let is_default = |organization: &&str| {
        let default = document.get_in(organization, keys::DEFAULT_PUBLIC_KEY);
        default.and_then(|default| default.as_str()) == Some(key)
    };
    document
        .organizations()
        .filter(is_default)
        .map(str::to_owned)
        .collect()
}

/// The index of the one that `wanted` means; `others` are those that it cannot mean.
fn find(active: &[ApiKey], others: &[ApiKey], wanted: &str) -> Result<usize> {
    let exactly = |key: &ApiKey| key.id == wanted || key.key() == wanted;
    if let Some(index) = active.iter().position(exactly) {
        return Ok(index);
    }
    let named: Vec<usize> = (0..active.len())
        .filter(|&index| active[index].name == wanted)
        .collect();
    let problem = match named[..] {
        [index] => return Ok(index),
        [] => match others.iter().find(|key| exactly(key) || key.name == wanted) {
            Some(key) if key.revoked => format!("the key `{wanted}` has been revoked"),
            Some(_) => format!("the key `{wanted}` is private: manage it on the dashboard"),
            None => {
                let all = active.iter().map(|key| key.name.as_str());
                let nearest = nearest(wanted, all).map(|name| format!("; did you mean `{name}`?"));
                format!("there is no key `{wanted}`{}", nearest.unwrap_or_default())
            }
        },
        _ => {
            let ids = named.iter().map(|&index| active[index].id.as_str());
            let ids: Vec<&str> = ids.collect();
            return Err(Error::new(
                Code::Ambiguous,
                format!("{} keys are named `{wanted}`", named.len()),
            )
            .hint(format!("choose one by its id: {}", listed(&ids))));
        }
    };
    Err(Error::new(Code::NotFound, problem)
        .hint("run `pipecat cloud organizations keys list` to see the keys"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: &str, name: &str, revoked: bool) -> ApiKey {
        ApiKey {
            id: id.into(),
            key: format!("pk_{id}").into(),
            name: name.into(),
            created_at: String::new(),
            revoked,
            kind: KeyKind::Public,
        }
    }

    #[test]
    fn a_key_is_found_by_id_key_or_its_only_name() {
        let active = [
            key("1", "one", false),
            key("2", "two", false),
            key("3", "two", false),
        ];
        let revoked = [key("4", "old", true)];
        let find = |wanted| find(&active, &revoked, wanted);
        assert!(matches!(find("1"), Ok(0)));
        assert!(matches!(find("pk_3"), Ok(2)));
        assert!(matches!(find("one"), Ok(0)));
        let ambiguous = find("two").unwrap_err_or_fail();
        assert_eq!(ambiguous.code(), Code::Ambiguous);
        assert!(ambiguous.hints()[0].contains("`2`, `3`"));
        assert!(
            find("old")
                .unwrap_err_or_fail()
                .to_string()
                .contains("revoked")
        );
        assert!(find("none").is_err());
    }

    #[test]
    fn the_debug_form_of_a_command_line_shows_no_key() {
        use clap::{FromArgMatches as _, Subcommand as _};
        for verb in ["use", "revoke", "cycle"] {
            let command = Verb::augment_subcommands(clap::Command::new("keys"));
            let line = ["keys", verb, "--key", "pk_s3cret"];
            let matches = command.try_get_matches_from(line);
            let verb = matches.and_then(|matches| Verb::from_arg_matches(&matches));
            let shown = format!("{verb:?}");
            assert!(shown.contains("key: Some("), "{shown}");
            assert!(!shown.contains("s3cret"), "{shown}");
        }
    }

    trait OrFail {
        fn unwrap_err_or_fail(self) -> Error;
    }

    impl OrFail for Result<usize> {
        fn unwrap_err_or_fail(self) -> Error {
            self.err()
                .unwrap_or_else(|| Error::new(Code::Internal, "no error"))
        }
    }
}
