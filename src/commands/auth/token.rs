//! `auth token`: the token in force, for scripts.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use crate::context::Context;
use crate::error::Result;
use crate::output::{Report, View};

/// The token, which is what was asked for.
pub struct Token(SecretString);

pub async fn token(context: &Context) -> Result<Token> {
    let _progress = context.talk.progress("renewing the session");
    Ok(Token(context.api()?.token().await?))
}

impl Report for Token {
    fn json(&self) -> Value {
        json!({"token": self.0.expose_secret()})
    }

    fn plain(&self) -> View {
        View::Line(self.0.expose_secret().to_owned())
    }
}
