//! The commands, a file each. A command does its work and returns a report; it prints nothing.

mod auth;
mod completions;
mod keys;
mod man;
mod organizations;
mod properties;
mod registry_keys;
mod show_config;
mod version;

use crate::arguments::Job;
use crate::cli::{
    AuthCommand, CloudCommand, KeysCommand, OrganizationsCommand, PropertiesCommand,
    RegistryKeysCommand,
};
use crate::context::Context;
use crate::error::Result;
use crate::output::Report;

pub use version::Version;

/// Does what the command line asks for.
///
/// # Errors
/// Those of the command.
pub async fn dispatch(context: &Context, job: Job) -> Result<Box<dyn Report>> {
    let command = match job {
        Job::ShowConfig => return Ok(Box::new(show_config::run(context)?)),
        Job::Completions(options) => return Ok(Box::new(completions::run(options)?)),
        Job::Man(options) => return Ok(Box::new(man::run(options)?)),
        Job::Cloud(command) => command,
    };
    Ok(match command {
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
