//! Sign-in and sessions: OAuth 2.0 authorization code with PKCE, for a native app
//! (RFC 6749, RFC 7636, RFC 8252).

mod authorization;
mod browser;
mod callback;
mod discovery;
mod page;
mod renewal;
mod revocation;
mod token_response;
mod tokens;

pub use authorization::{AuthorizationRequest, CallbackOutcome};
pub use browser::{obstacle, open};
pub use callback::{CallbackRequest, CallbackServer, PORTS};
pub use discovery::{Provider, discover};
pub use page::Page;
pub use renewal::{Renewal, Service, has_run_out};
pub use revocation::{Revocation, revoke};
