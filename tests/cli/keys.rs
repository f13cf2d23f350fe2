//! `organizations keys`: listing, creating, choosing and revoking API keys.

mod create;
mod list;
mod revoke;
mod use_key;

use crate::support::cloud::ADA_PAT;
use crate::support::home::Home;

/// The public key of acme's that is named `Web client`.
const WEB: &str = "pk_acme_web_0123456789abcdef";
/// The one that is named `Old phone line`, and revoked.
const PHONE: &str = "pk_acme_phone_0123456789abcdef";

const LIST: &str = "GET /v1/organizations/acme/apiKeys";

/// Signs ada in, with this text below the token in the configuration file.
fn configure(home: &Home, rest: &str) -> String {
    let text = format!("token = \"{ADA_PAT}\"\n{rest}");
    home.write_config(&text);
    text
}
