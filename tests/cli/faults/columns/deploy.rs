//! Builds in the cloud, and deployments as far as they go before they wait.

use super::{Column, Doubt, GET, POST, Reads, Role, Setup, column};

const PUT: &str = "PUT";

const STATUS: &str = "build status 571780fd-78c0-4ceb-a572-b3fd78c96819";
const LOGS: &str = "build logs 08007de9-9e22-4a7a-a080-e2e99e253bf0";
const PLAN: &str = "deploy support-line acme/bot:1 --plan";
const NAMED: &str =
    "deploy my-agent acme/bot:1 -s support-line-secrets -c docker-hub -r us-west --plan";
const IMAGE: &str = "deploy support-line acme/bot:1 --timeout 1 --yes";
const FOLDER: &str = "deploy my-agent --build-dir bot --timeout 1 --yes";

const BUILDS: &str = "/v1/organizations/acme/builds";
const BUILD: &str = "/v1/organizations/acme/builds/571780fd-78c0-4ceb-a572-b3fd78c96819";
const BUILD_LOG: &str = "/v1/organizations/acme/builds/08007de9-9e22-4a7a-a080-e2e99e253bf0/logs";
const TARGET: &str = "/v1/organizations/acme/builds/upload-url";
const AGENT: &str = "/v1/organizations/acme/services/support-line";
const SERVICES: &str = "/v1/organizations/acme/services";
const SECRET_SET: &str = "/v1/organizations/acme/secrets/support-line-secrets";
const SECRETS: &str = "/v1/organizations/acme/secrets";
const REGIONS: &str = "/v1/organizations/acme/regions";
const PROPERTIES: &str = "/v1/organizations/acme/properties";

/// To whom there is no such build.
const NO_BUILD: &[(u16, &str)] = &[(404, "has no build `")];

/// The columns, all of a member with a personal access token.
pub(super) fn columns() -> Vec<Column> {
    use Reads::{List, Named, ObjectIfAny};
    use Role::{Create, Needed, Optional};
    let column = |line, role, method, path| column(Setup::Member, line, role, method, path);
    vec![
        column("build list", Needed, GET, BUILDS).reads(List),
        column(STATUS, Needed, GET, BUILD)
            .reads(Named)
            .rewords(NO_BUILD),
        column(LOGS, Needed, GET, BUILD_LOG)
            .reads(List)
            .rewords(NO_BUILD),
        // To whom no agent is none yet.
        column(PLAN, Needed, GET, AGENT)
            .reads(List)
            .rewords(&[(404, "")]),
        column(PLAN, Optional, GET, PROPERTIES),
        column(NAMED, Needed, GET, SECRET_SET),
        column(NAMED, Needed, GET, SECRETS).reads(List),
        column(NAMED, Needed, GET, REGIONS).reads(List),
        column(IMAGE, Create, PUT, SERVICES)
            .reads(ObjectIfAny)
            .doubts(Doubt::Looks("shows no trace of it")),
        column(FOLDER, Optional, GET, BUILDS),
        column(FOLDER, Create, POST, TARGET).doubts(Doubt::None),
        column(FOLDER, Create, POST, BUILDS)
            .doubts(Doubt::Looks("check with `pipecat cloud build list")),
    ]
}
