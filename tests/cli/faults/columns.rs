//! The commands, with each route that they call: a line a route.

mod agents;
mod deploy;
mod organization;

use super::rows::Meaning;
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
#[derive(Clone, Debug)]
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
    /// How closely the answer is read.
    pub reads: Reads,
    /// What the command says in its own words to these statuses; where they are blank, it is no
    /// failure to it.
    pub rewords: &'static [(u16, &'static str)],
    /// What is made of it where nobody knows whether a write was carried out.
    pub doubt: Doubt,
}

/// What a command makes of a write that may have been carried out, or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// It says so.
    Said,
    /// It looks: where it was carried out, it goes on; where it was not, it says this.
    Looks(&'static str),
    /// It matters to nobody.
    None,
}

/// How closely an answer is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// It must have what is needed.
    Closely,
    /// It must be a list; what is odd in it is shown as far as it makes sense.
    List,
    /// It must be an object, of which any field may be missing.
    Record,
    /// The same, but something must say what it is.
    Named,
    /// It must be an object, of which any field may be missing, or nothing at all.
    ObjectIfAny,
    /// It must be an object, or say nothing at all.
    Little,
    /// It may be anything but a web page.
    Status,
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
    /// A write of which twice is the same as once; only the status counts.
    Replace,
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
        reads: match role {
            Role::Delete | Role::Replace => Reads::Little,
            Role::Revocation => Reads::Status,
            _ => Reads::Closely,
        },
        rewords: &[],
        doubt: Doubt::Said,
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
    let accounts = accounts();
    let (organization, agents) = (organization::columns(), agents::columns());
    [accounts, organization, agents, deploy::columns()].concat()
}

/// Signing in and out, organizations and their API keys.
fn accounts() -> Vec<Column> {
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
    fn reads(self, reads: Reads) -> Self {
        Self { reads, ..self }
    }

    fn rewords(self, rewords: &'static [(u16, &'static str)]) -> Self {
        Self { rewords, ..self }
    }

    fn doubts(self, doubt: Doubt) -> Self {
        Self { doubt, ..self }
    }

    /// Whether this says to the command that there is nothing, which is no failure.
    pub fn takes_for_nothing(&self, meaning: &Meaning) -> bool {
        let Meaning::Refused { status, page, .. } = meaning else {
            return false;
        };
        !page && self.rewords.contains(&(*status, ""))
    }

    /// Whether one command line takes a callback port before it comes to this route.
    pub fn needs_a_port(&self) -> bool {
        self.setup == Setup::Login && self.role != Role::SignIn
    }

    /// Whether nothing is changed by asking.
    pub fn is_read(&self) -> bool {
        self.method == GET
    }

    /// Whether the route may be asked more than once.
    pub fn is_tried_again(&self) -> bool {
        self.is_read() || self.role == Role::Replace
    }

    /// Whether it may have changed something where the answer is lost.
    pub fn is_write(&self) -> bool {
        matches!(self.role, Role::Create | Role::Delete | Role::Replace)
    }

    /// What is handled in the same way, whatever the route.
    pub fn kind(&self) -> impl PartialEq + use<> {
        let renews = self.renews() && matches!(self.role, Role::SignIn | Role::Token);
        (self.role, renews)
    }

    /// The route, with what stands in it for any organization and its keys.
    pub fn route(&self) -> impl PartialEq + use<> {
        let path = self.path.replace("ada-personal", "acme");
        (self.method, path, self.renews())
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
