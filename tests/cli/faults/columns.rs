//! The commands, with each route that they call: a line a route.

use crate::support::cloud::provider::{AUTH_CONFIG, DISCOVERY, TOKEN};

const GET: &str = "GET";
const POST: &str = "POST";
const DELETE: &str = "DELETE";

const USERS: &str = "/v1/users";
/// The list of organizations.
pub const ORGANIZATIONS: &str = "/v1/organizations";
const DAILY: &str = "/v1/organizations/acme/daily";
const KEYS: &str = "/v1/organizations/acme/apiKeys";
const KEY: &str = "/v1/organizations/acme/apiKeys/key_acme_web";
/// The first organization that the cloud lists.
const FIRST_DAILY: &str = "/v1/organizations/ada-personal/daily";
const FIRST_KEYS: &str = "/v1/organizations/ada-personal/apiKeys";

/// A command, and one route of those that it calls.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// What stands after `pipecat cloud`.
    pub line: &'static str,
    /// The HTTP method.
    pub method: &'static str,
    /// The path.
    pub path: &'static str,
    /// What the route is to the command.
    pub role: Role,
    /// Who starts it.
    pub setup: Setup,
}

/// What a route is to a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// What it answers is needed.
    Needed,
    /// What it answers is good to have.
    Optional,
    /// A write; what it answers is needed.
    Create,
    /// A write; only the status counts.
    Delete,
    /// Ends the session, which is over on this machine whatever the answer.
    Revocation,
    /// Says how to sign in; gets no token.
    SignIn,
    /// Exchanges codes and refresh tokens; gets no token, and each works once.
    Token,
}

/// Who starts the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setup {
    /// Somebody with a personal access token, who works in `acme`.
    Member,
    /// Somebody with a personal access token, who has not chosen an organization.
    Undecided,
    /// Somebody with a personal access token for standard input, and another session in the file.
    Pat,
    /// Somebody with a session.
    Session,
    /// Somebody with a session whose access token has run out.
    Expired,
    /// Somebody whose token the service has turned down without a word, long before its time.
    TurnedDown,
    /// Somebody who signs in, with an old session in the file.
    Login,
}

const fn column(
    setup: Setup,
    line: &'static str,
    role: Role,
    method: &'static str,
    path: &'static str,
) -> Column {
    Column {
        line,
        method,
        path,
        role,
        setup,
    }
}

const LIST: &str = "organizations list";
const SELECT: &str = "organizations select -o acme";
const KEYS_LIST: &str = "organizations keys list";
const CREATE: &str = "organizations keys create -n Kiosk -d";
const USE: &str = "organizations keys use --key key_acme_web";
const USE_FIRST: &str = "organizations keys use --key key_ada-personal_web";
const REVOKE: &str = "organizations keys revoke --key key_acme_web --yes";
const REVOKE_FIRST: &str = "organizations keys revoke --key key_ada-personal_web --yes";

/// The columns of the table.
pub fn columns() -> Vec<Column> {
    use Role::{Create, Delete, Needed, Optional, Revocation, SignIn, Token};
    use Setup::{Expired, Login, Member, Pat, Session, TurnedDown, Undecided};
    vec![
        column(Member, "auth whoami", Needed, GET, USERS),
        column(Member, "auth whoami", Needed, GET, ORGANIZATIONS),
        column(Member, "auth whoami", Optional, GET, DAILY),
        column(Undecided, "auth whoami", Needed, GET, ORGANIZATIONS),
        column(Undecided, "auth whoami", Optional, GET, FIRST_DAILY),
        column(Member, LIST, Needed, GET, ORGANIZATIONS),
        column(Member, SELECT, Needed, GET, ORGANIZATIONS),
        column(Member, KEYS_LIST, Needed, GET, KEYS),
        column(Undecided, KEYS_LIST, Needed, GET, ORGANIZATIONS),
        column(Undecided, KEYS_LIST, Needed, GET, FIRST_KEYS),
        column(Member, CREATE, Create, POST, KEYS),
        column(Undecided, CREATE, Needed, GET, ORGANIZATIONS),
        column(Member, USE, Needed, GET, KEYS),
        column(Undecided, USE_FIRST, Needed, GET, ORGANIZATIONS),
        column(Member, REVOKE, Needed, GET, KEYS),
        column(Member, REVOKE, Delete, DELETE, KEY),
        column(Undecided, REVOKE_FIRST, Needed, GET, ORGANIZATIONS),
        column(Pat, "auth use-pat", Needed, GET, ORGANIZATIONS),
        column(Pat, "auth use-pat", Optional, GET, USERS),
        column(Session, "auth logout", Revocation, POST, "/auth/logout"),
        column(Expired, "auth whoami", SignIn, GET, AUTH_CONFIG),
        column(Expired, "auth whoami", SignIn, GET, DISCOVERY),
        column(Expired, "auth whoami", Token, POST, TOKEN),
        column(TurnedDown, LIST, SignIn, GET, AUTH_CONFIG),
        column(TurnedDown, LIST, Token, POST, TOKEN),
        column(Login, "auth login --headless", SignIn, GET, AUTH_CONFIG),
        column(Login, "auth login --headless", SignIn, GET, DISCOVERY),
        column(Login, "auth login --headless", Token, POST, TOKEN),
        column(Login, "auth login --headless", Needed, GET, ORGANIZATIONS),
        column(Login, "auth login --headless", Optional, GET, USERS),
    ]
}

impl Column {
    /// Whether one command line takes a callback port before it comes to this route.
    pub fn needs_a_port(&self) -> bool {
        self.setup == Setup::Login && self.role != Role::SignIn
    }

    /// Whether the route may be asked more than once.
    pub fn is_read(&self) -> bool {
        self.method == GET
    }

    /// Whether the route gets a token.
    pub fn is_signed(&self) -> bool {
        !matches!(self.role, Role::SignIn | Role::Token)
    }

    /// Whether it renews a session.
    pub fn renews(&self) -> bool {
        matches!(self.setup, Setup::Expired | Setup::TurnedDown)
    }
}
