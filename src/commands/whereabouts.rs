//! Which organization, and which host, may have been meant by whoever is turned away.

use crate::api::Organization;
use crate::context::Context;
use crate::error::Error;
use crate::http::authority;
use crate::limit::optional;
use crate::output::{Note, quoted};
use crate::settings::{Key, Setting, Source};
use crate::text::nearest;

/// To who is turned away from an organization, the one of theirs that may be meant.
pub async fn suggest_organization(context: &Context, error: Error) -> Error {
    let Ok(Some(named)) = context.settings.get(Key::Org) else {
        return error;
    };
    let Ok(api) = context.api() else {
        return error;
    };
    let organizations = optional(api.organizations()).await.unwrap_or_default();
    let own = organizations.iter().map(|one| &one.value);
    match meant(&named, own) {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

/// To who may have asked another host than the one that is meant, where its address comes from.
pub fn explain_host(context: &Context, error: Error) -> Error {
    let settings = &context.settings;
    let (Ok(url), Ok(Some(host))) = (settings.api_host(), settings.get(Key::ApiHost)) else {
        return error;
    };
    let authority = authority(&url);
    if error.doubtful_host() != Some(authority.as_str()) || host.source == Source::Default {
        return error;
    }
    error.hint(format!("`{authority}` comes from {}", host.source))
}

/// Which of the account's organizations may be meant by a name that is none of theirs: the one that
/// people call so, or the one whose name is most like it.
pub(super) fn meant<'a>(
    named: &Setting,
    own: impl Iterator<Item = &'a Organization> + Clone,
) -> Option<String> {
    let name = named.value.trim();
    let called_so =
        |one: &&Organization| one.verbose_name.trim().to_lowercase() == name.to_lowercase();
    let usable = own.filter(|one| one.is_usable() && one.name != named.value);
    let called_so: Vec<&Organization> = usable.clone().filter(called_so).collect();
    match called_so[..] {
        [one] => {
            let use_it = match named.source {
                Source::Environment(variable) => format!("set `{variable}` to that"),
                _ => format!("name it with `-o {}`", one.name),
            };
            let Organization { verbose_name, name } = one;
            let (called, name) = (quoted(verbose_name), quoted(name));
            Some(format!("{called} is called {name} here: {use_it}"))
        }
        [] => {
            let nearest = nearest(name, usable.map(|one| one.name.as_str()));
            nearest.map(|name| format!("did you mean {}?", quoted(name)))
        }
        _ => {
            let all: Vec<String> = called_so.iter().map(|one| quoted(&one.name)).collect();
            Some(format!("{} could be {}", quoted(name), all.join(" or ")))
        }
    }
}

/// What to say where the account is no member of the active organization.
pub(super) fn not_a_member<'a>(
    active: &Setting,
    own: impl Iterator<Item = &'a Organization> + Clone,
) -> Vec<Note> {
    let Setting { value, source } = active;
    let warning = Note::Warning(format!(
        "you are not a member of the active organization `{value}` (from {source})"
    ));
    let hint = match source {
        Source::Environment(name) => format!("set `{name}` to another one, or unset it"),
        _ => "choose another with `pipecat cloud organizations select`".to_owned(),
    };
    let meant = meant(active, own).map(Note::Hint);
    [Some(warning), meant, Some(Note::Hint(hint))]
        .into_iter()
        .flatten()
        .collect()
}
