//! The commands, a file each. A command does its work and returns a report; it prints nothing.

mod auth;
mod completions;
mod keys;
mod man;
mod organizations;
mod properties;
mod registry_keys;
mod show_config;
mod topic;
mod version;

use crate::arguments::Job;
use crate::cli::{
    AuthCommand, CloudCommand, KeysCommand, OrganizationsCommand, PropertiesCommand,
    RegistryKeysCommand, topics,
};
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::output::Report;
use crate::settings::Key;

use topic::Topic;
pub use version::Version;

/// Does what the command line asks for.
///
/// # Errors
/// Those of the command.
pub async fn dispatch(context: &Context, job: Job) -> Result<Box<dyn Report>> {
    match run(context, job).await {
        Err(error) if error.code() == Code::NotAMember => Err(suggest(context, error).await),
        outcome => outcome,
    }
}

/// To who is turned away from an organization, the one of theirs that is most like it.
async fn suggest(context: &Context, error: Error) -> Error {
    let Ok(Some(named)) = context.settings.get(Key::Org) else {
        return error;
    };
    let Ok(api) = context.api() else {
        return error;
    };
    let organizations = api.organizations().await.unwrap_or_default();
    let own = organizations.iter().map(|one| one.value.name.as_str());
    match nearest(&named.value, own) {
        Some(nearest) if nearest != named.value => error.hint(format!("did you mean `{nearest}`?")),
        _ => error,
    }
}

async fn run(context: &Context, job: Job) -> Result<Box<dyn Report>> {
    let command = match job {
        Job::ShowConfig => return Ok(Box::new(show_config::run(context)?)),
        Job::Completions(options) => return Ok(Box::new(completions::run(options)?)),
        Job::Man(options) => return Ok(Box::new(man::run(options)?)),
        Job::Cloud(command) => command,
    };
    Ok(match command {
        CloudCommand::Environment => Box::new(Topic(topics::ENVIRONMENT)),
        CloudCommand::Config => Box::new(Topic(topics::CONFIG)),
        CloudCommand::Auth(auth) => match auth.command {
            AuthCommand::Login(options) => Box::new(auth::login(context, &options).await?),
            AuthCommand::Logout => Box::new(auth::logout(context).await?),
            AuthCommand::UsePat(options) => Box::new(auth::use_pat(context, options).await?),
            AuthCommand::Whoami => Box::new(auth::whoami(context).await?),
            AuthCommand::Token => Box::new(auth::token(context).await?),
        },
        CloudCommand::Organizations(organizations) => match organizations.command {
            OrganizationsCommand::List => Box::new(organizations::list(context).await?),
            OrganizationsCommand::Select(options) => {
                Box::new(organizations::select(context, options).await?)
            }
            OrganizationsCommand::Keys(keys) => match keys.command {
                KeysCommand::List(_) => Box::new(keys::list(context).await?),
                KeysCommand::Create(options) => Box::new(keys::create(context, options).await?),
                KeysCommand::Use(options) => Box::new(keys::use_key(context, &options).await?),
                KeysCommand::Revoke(options) => Box::new(keys::revoke(context, &options).await?),
                KeysCommand::Cycle(options) => Box::new(keys::cycle(context, &options).await?),
            },
            OrganizationsCommand::DefaultRegion(options) => {
                Box::new(properties::default_region(context, options).await?)
            }
            OrganizationsCommand::RegistryKeys(keys) => match keys.command {
                RegistryKeysCommand::Mint(options) => {
                    Box::new(registry_keys::mint(context, options).await?)
                }
                RegistryKeysCommand::List(options) => {
                    Box::new(registry_keys::list(context, &options).await?)
                }
                RegistryKeysCommand::Revoke(options) => {
                    Box::new(registry_keys::revoke(context, options).await?)
                }
            },
            OrganizationsCommand::Properties(properties) => match properties.command {
                PropertiesCommand::List(_) => Box::new(properties::list(context).await?),
                PropertiesCommand::Schema(_) => Box::new(properties::schema(context).await?),
                PropertiesCommand::Set(options) => {
                    Box::new(properties::set(context, options).await?)
                }
            },
        },
    })
}

/// The name of something new, as it was given or is answered to `question`. A blank one is a wrong
/// command line where it was given, and no answer where it was asked for.
async fn name_of(
    what: &str,
    given: Option<String>,
    context: &Context,
    question: &str,
) -> Result<String> {
    let option = "`--name NAME`";
    let (name, if_blank) = match given {
        Some(name) => (name, Code::Usage),
        None => (context.prompt.text(question, option).await?, Code::Declined),
    };
    if name.trim().is_empty() {
        let error = Error::new(if_blank, format!("{what} needs a name"));
        return Err(error.hint(format!("give one with {option}")));
    }
    Ok(name)
}

/// The one of `names` that is most like `name`, if one is like it at all.
fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let alike = names.map(|other| (strsim::jaro_winkler(name, other), other));
    let (likeness, other) = alike.max_by(|one, other| one.0.total_cmp(&other.0))?;
    (likeness > LIKE).then_some(other)
}

/// From here on, two names are taken for the same one, mistyped. 1 is the same name.
const LIKE: f64 = 0.8;

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_mistyped_name_finds_its_nearest() {
        let names = ["acme", "ada-personal", "team.with.dots"];
        let nearest = |name| nearest(name, names.into_iter());
        assert_eq!(nearest("acne"), Some("acme"));
        assert_eq!(nearest("ada-persnal"), Some("ada-personal"));
        assert_eq!(nearest("xyz"), None);
        assert_eq!(super::nearest("acme", std::iter::empty()), None);
    }
}
