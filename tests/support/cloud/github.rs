//! GitHub as an organization is connected with it.

use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use super::api::{error, json as answer_json, not_found, ok};
use super::request::Request;
use super::world::Organization;

/// The connection, and what can be reached through it.
#[derive(Clone, Debug)]
pub struct GitHub {
    /// The installation; `null`: not connected.
    pub installation: Value,
    /// Whether a missing installation is answered with `null` instead of 404.
    pub says_null: bool,
    /// What becomes of an attempt to connect. `None`: nothing, nobody goes to the address.
    pub attempt: Option<Attempt>,
    /// What the installation can reach.
    pub repositories: Vec<Repository>,
    /// How many branches are listed at most.
    pub branch_cap: usize,
    /// How many addresses were given out to connect with. Each is another.
    pub addresses: usize,
}

/// An attempt to connect that works.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// How many looks after an address was given out still find nothing. With none, the
    /// installation is there at once, as if somebody else had been faster: no address is given.
    pub looks: usize,
    /// What is there then.
    pub installation: Value,
}

/// A repository with its branches.
#[derive(Clone, Debug)]
pub struct Repository {
    /// The name in paths, `owner/name`.
    pub full_name: String,
    /// The object in the list.
    pub listed: Value,
    /// The names of its branches.
    pub branches: Vec<String>,
}

impl Default for GitHub {
    fn default() -> Self {
        Self {
            installation: Value::Null,
            says_null: false,
            attempt: None,
            repositories: Vec::new(),
            branch_cap: 100,
            addresses: 0,
        }
    }
}

/// The installation in an account of GitHub's, of an `organization` or a `user`.
pub fn installation(login: &str, account_type: &str) -> Value {
    json!({
        "id": super::ids::uuid(&format!("installation {login}")),
        "githubInstallationId": 51_234_567,
        "githubAccountLogin": login,
        "githubAccountType": account_type,
        "suspendedAt": null,
    })
}

impl Repository {
    /// A private repository, `owner/name`. The first branch is the default.
    pub fn new(full_name: &str, branches: &[&str]) -> Self {
        Self {
            full_name: full_name.to_owned(),
            listed: json!({
                "id": super::ids::uuid(&format!("repository {full_name}")),
                "fullName": full_name,
                "private": true,
                "defaultBranch": branches.first(),
            }),
            branches: branches.iter().map(|name| (*name).to_owned()).collect(),
        }
    }
}

impl GitHub {
    /// Why nothing can be reached, if so.
    pub(super) fn refusal(&self) -> Option<ResponseTemplate> {
        if self.installation.is_null() {
            Some(error(
                409,
                "GITHUB_NOT_CONNECTED",
                "GitHub is not connected",
            ))
        } else if !self.installation["suspendedAt"].is_null() {
            Some(error(
                409,
                "GITHUB_SUSPENDED",
                "The installation is suspended",
            ))
        } else {
            None
        }
    }

    /// A repository that can be reached. Case does not matter, as on GitHub.
    pub(super) fn repository(&self, full_name: &str) -> Option<&Repository> {
        let mut all = self.repositories.iter();
        all.find(|repository| repository.full_name.eq_ignore_ascii_case(full_name))
    }

    fn look(&mut self) -> ResponseTemplate {
        if self.addresses > 0
            && let Some(attempt) = &mut self.attempt
        {
            match attempt.looks.checked_sub(1) {
                Some(left) => attempt.looks = left,
                None => self.connect(),
            }
        }
        if self.installation.is_null() && !self.says_null {
            return not_found("GitHub is not connected");
        }
        ok(&json!({"installation": self.installation}))
    }

    fn connect(&mut self) {
        if let Some(attempt) = self.attempt.take() {
            self.installation = attempt.installation;
        }
    }

    fn address(&mut self, path: &str) -> ResponseTemplate {
        if self
            .attempt
            .as_ref()
            .is_some_and(|attempt| attempt.looks == 0)
        {
            self.connect();
        }
        if !self.installation.is_null() {
            let text = "This organization has an installation already";
            let body = json!({"error": text, "code": "409", "reason": "org_has_one"});
            return answer_json(409, &body);
        }
        self.addresses += 1;
        let url = format!("https://github.com/{path}state={:08}", self.addresses);
        ok(&json!({"url": url}))
    }

    fn branches(&self, full_name: &str, request: &Request) -> ResponseTemplate {
        if let Some(refusal) = self.refusal() {
            return refusal;
        }
        let Some(repository) = self.repository(full_name) else {
            return not_found("Repository not found, or not accessible");
        };
        let parameters = request.parameters();
        let prefix = parameters.get("query").map_or("", String::as_str);
        let fits = repository
            .branches
            .iter()
            .filter(|name| name.starts_with(prefix));
        let branches: Vec<&String> = fits.take(self.branch_cap).collect();
        ok(&json!({"branches": branches}))
    }
}

/// Answers the routes below `github`.
pub(super) fn answer(
    organization: &mut Organization,
    route: &[&str],
    request: &Request,
) -> ResponseTemplate {
    let github = &mut organization.github;
    match (request.method.as_str(), route) {
        ("GET", ["installation"]) => github.look(),
        ("DELETE", ["installation"]) => disconnect(organization),
        ("GET", ["install-url"]) => github.address("apps/pipecat-cloud/installations/new?"),
        ("GET", ["link-url"]) => github.address("login/oauth/authorize?client_id=fake&"),
        ("GET", ["repositories"]) => match github.refusal() {
            Some(refusal) => refusal,
            None => {
                let all = github.repositories.iter();
                let listed: Vec<&Value> = all.map(|repository| &repository.listed).collect();
                ok(&json!({"repositories": listed}))
            }
        },
        ("GET", ["repositories", owner, name, "branches"]) => {
            github.branches(&format!("{owner}/{name}"), request)
        }
        _ => not_found("Not found"),
    }
}

/// Ends the connection, and with it the links of all agents.
fn disconnect(organization: &mut Organization) -> ResponseTemplate {
    if organization.github.installation.is_null() {
        return not_found("GitHub is not connected");
    }
    organization.github.installation = Value::Null;
    for agent in &mut organization.agents.all {
        agent.set_link(&Value::Null);
    }
    ok(&json!({"success": true}))
}
