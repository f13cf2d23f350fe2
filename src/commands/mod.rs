//! The commands, a file each. A command does its work and returns a report; it prints nothing.

mod auth;
mod keys;
mod organizations;
mod show_config;
mod version;

use crate::cli::{AuthCommand, CloudCommand, KeysCommand, OrganizationsCommand};
use crate::context::Context;
use crate::error::Result;
use crate::output::Report;

pub use version::Version;

/// Does what the command line asks for; without a command, shows the settings.
///
/// # Errors
/// Those of the command.
pub async fn dispatch(context: &Context, command: Option<CloudCommand>) -> Result<Box<dyn Report>> {
    Ok(match command {
        None => Box::new(show_config::run(context)?),
        Some(CloudCommand::Auth(auth)) => match auth.command {
            AuthCommand::Login(options) => Box::new(auth::login(context, &options).await?),
            AuthCommand::Logout => Box::new(auth::logout(context).await?),
            AuthCommand::UsePat(options) => Box::new(auth::use_pat(context, options).await?),
            AuthCommand::Whoami => Box::new(auth::whoami(context).await?),
        },
        Some(CloudCommand::Organizations(organizations)) => match organizations.command {
            OrganizationsCommand::List => Box::new(organizations::list(context).await?),
            OrganizationsCommand::Select(options) => {
                Box::new(organizations::select(context, options).await?)
            }
            OrganizationsCommand::Keys(keys) => match keys.command {
                KeysCommand::List(_) => Box::new(keys::list(context).await?),
                KeysCommand::Create(options) => Box::new(keys::create(context, options).await?),
                KeysCommand::Use(options) => Box::new(keys::use_key(context, &options).await?),
                KeysCommand::Revoke(options) => Box::new(keys::revoke(context, &options).await?),
            },
        },
    })
}
