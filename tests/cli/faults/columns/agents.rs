//! Agents: their list, their logs, their links, their profiles.

use super::organization::PATCH;
use super::{Column, DELETE, GET, POST, Reads, Role, Setup, column};

const LINK: &str = "agent link survey --repo acme-voice/survey --branch main";
const DEPLOY: &str = "agent deploy survey --github";
const PROFILES_CREATE: &str = "agent profiles create big --cpu 1 --memory 1Gi";
const PROFILES_ENABLE: &str = "agent profiles enable retired";

const AGENTS: &str = "/v1/organizations/acme/services";
const LOGS: &str = "/v1/organizations/acme/services/support-line/logs";
const GIT: &str = "/v1/organizations/acme/services/survey/environments/production/git";
const GIT_DEPLOY: &str =
    "/v1/organizations/acme/services/survey/environments/production/git/deploy";
const PROFILES: &str = "/v1/organizations/acme/agent-profiles";
const PROFILE: &str = "/v1/organizations/acme/agent-profiles/retired";

/// The columns, all of a member with a personal access token.
pub(super) fn columns() -> Vec<Column> {
    use Reads::{List, Status};
    use Role::{Create, Delete, Needed};
    let column = |line, role, method, path| column(Setup::Member, line, role, method, path);
    vec![
        column("agent list", Needed, GET, AGENTS).reads(List),
        column("agent logs support-line", Needed, GET, LOGS)
            .reads(List)
            .rewords(&[(404, "has no agent `support-line`")]),
        column(LINK, Create, POST, GIT).reads(List),
        column(DEPLOY, Create, POST, GIT_DEPLOY).reads(List),
        column("agent unlink survey --force", Delete, DELETE, GIT).reads(Status),
        column("agent profiles list", Needed, GET, PROFILES).reads(List),
        column(PROFILES_CREATE, Create, POST, PROFILES).reads(Status),
        column(PROFILES_ENABLE, Delete, PATCH, PROFILE)
            .reads(Status)
            .rewords(&[(404, "has no agent profile `retired`")]),
    ]
}
