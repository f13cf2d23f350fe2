//! Everything that the fake cloud remembers between two requests.

use std::collections::HashSet;

use wiremock::ResponseTemplate;

use super::faults::Faults;
use super::provider::{self, Codes};
use super::request::Request;
use super::sessions::Sessions;
use super::world::{self, Organization, User};
use super::{api, builds, pages};

/// The state behind the routes. Tests reach it through [`Cloud::change`](super::Cloud::change).
#[derive(Debug)]
pub struct State {
    /// Everybody with an account.
    pub users: Vec<User>,
    /// All organizations, in the order of the list.
    pub organizations: Vec<Organization>,
    /// The name of the user who is signed in, in the browser.
    pub account: String,
    /// Fields that token answers lack, of those that may be missing.
    pub omitted_token_fields: HashSet<String>,
    /// The base address that the issuer and the endpoints are built from.
    pub(super) base: String,
    pub(super) sessions: Sessions,
    pub(super) codes: Codes,
    pub(super) faults: Faults,
    pub(super) requests: Vec<Request>,
}

impl State {
    pub(super) fn new(base: String) -> Self {
        Self {
            users: world::users(),
            organizations: world::organizations(),
            account: "ada".to_owned(),
            omitted_token_fields: HashSet::new(),
            base,
            sessions: Sessions::default(),
            codes: Codes::default(),
            faults: Faults::default(),
            requests: Vec::new(),
        }
    }

    /// A user, by name.
    pub fn user(&self, name: &str) -> &User {
        let user = self.users.iter().find(|user| user.name == name);
        user.unwrap_or_else(|| panic!("no user {name}"))
    }

    /// An organization, by name.
    pub fn organization(&mut self, name: &str) -> Option<&mut Organization> {
        self.organizations
            .iter_mut()
            .find(|organization| organization.name() == name)
    }

    /// An organization that must be there, by name.
    pub fn at(&mut self, name: &str) -> &mut Organization {
        self.organization(name)
            .unwrap_or_else(|| panic!("no organization {name}"))
    }

    /// Whose token this is, if it works.
    pub(super) fn authenticate(&self, token: &str) -> Option<User> {
        let name = self.sessions.user(token);
        let user = |user: &&User| user.pat == token || name == Some(user.name);
        self.users.iter().find(user).cloned()
    }

    /// Receives a request: records it, lets a fault befall it, answers it.
    pub(super) fn receive(&mut self, request: Request) -> ResponseTemplate {
        let answer = match self.faults.take(&request) {
            Some(fault) => fault.answer(|| self.route(&request)),
            None => self.route(&request),
        };
        self.requests.push(request);
        answer
    }

    fn route(&mut self, request: &Request) -> ResponseTemplate {
        if request.header("user-agent").unwrap_or_default().is_empty() {
            return pages::answer(403, pages::BROWSER_SIGNATURE_BANNED.to_owned());
        }
        match (request.method.as_str(), request.path.as_str()) {
            ("GET", provider::AUTH_CONFIG) => api::json(200, &provider::auth_config(&self.base)),
            ("GET", provider::DISCOVERY) => api::json(200, &provider::discovery(&self.base)),
            ("GET", provider::AUTHORIZE) => provider::authorize(self, request),
            ("POST", provider::TOKEN) => provider::token(self, request),
            (_, path) if path.starts_with(builds::STORE) => {
                builds::store(self.organizations.iter_mut(), request)
            }
            _ => api::answer(self, request),
        }
    }
}
