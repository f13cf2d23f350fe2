//! What there is in an organization beside API keys.

use super::{Column, DELETE, GET, POST, Reads, Role, Setup, column};

const PUT: &str = "PUT";
pub(super) const PATCH: &str = "PATCH";

const PROPERTIES_LIST: &str = "organizations properties list";
const PROPERTIES_SCHEMA: &str = "organizations properties schema";
const DEFAULT_REGION: &str = "organizations default-region us-west";
const REGISTRY_LIST: &str = "organizations registry-keys list";
const REGISTRY_MINT: &str = "organizations registry-keys mint --name ci";
const REGISTRY_REVOKE: &str = "organizations registry-keys revoke rk_acme_laptop --force";
const SECRETS_SET: &str = "secrets set support-line-secrets KIOSK_KEY=v4lue --yes";
const SECRETS_UNSET: &str = "secrets unset support-line-secrets OPENAI_API_KEY --yes";
const SECRETS_DELETE: &str = "secrets delete support-line-secrets --yes";
const PULL_SECRET: &str = "secrets image-pull-secret docker-hub ghcr.io ada:v4lue --yes";
const REFERENCE: &str = "secrets reference vault --region pce-berlin";
const REGISTER: &str = "regions register pce-kiosk --display-name Kiosk";
const REGION_DELETE: &str = "regions delete pce-empty --yes";
const ENROLL: &str = "regions enroll-token pce-berlin";
const LIMIT_SET: &str = "spend-limit set 500 --yes";

const PROPERTIES: &str = "/v1/organizations/acme/properties";
const SCHEMA: &str = "/v1/organizations/acme/properties/schema";
const REGISTRY_KEYS: &str = "/v1/organizations/acme/registry-keys";
const REGISTRY_KEY: &str = "/v1/organizations/acme/registry-keys/rk_acme_laptop";
const SECRETS: &str = "/v1/organizations/acme/secrets";
const SECRET_SET: &str = "/v1/organizations/acme/secrets/support-line-secrets";
const SECRET: &str = "/v1/organizations/acme/secrets/support-line-secrets/OPENAI_API_KEY";
const LOGIN: &str = "/v1/organizations/acme/secrets/docker-hub";
const REFERENCES: &str = "/v1/organizations/acme/secrets/references";
const REGIONS: &str = "/v1/organizations/acme/regions";
const REGION: &str = "/v1/organizations/acme/regions/pce-berlin";
const EMPTY_REGION: &str = "/v1/organizations/acme/regions/pce-empty";
const ENROLLMENT: &str = "/v1/organizations/acme/regions/pce-berlin/enrollment-tokens";
const SPEND_LIMIT: &str = "/v1/organizations/acme/spend-limit";
const INSTALLATION: &str = "/v1/organizations/acme/github/installation";
const REPOSITORIES: &str = "/v1/organizations/acme/github/repositories";
const BRANCHES: &str = "/v1/organizations/acme/github/repositories/acme-voice/concierge/branches";

/// To whom nothing there is nothing wrong.
const NONE: &[(u16, &str)] = &[(404, "")];

/// The columns, all of a member with a personal access token.
pub(super) fn columns() -> Vec<Column> {
    use Reads::{List, Record};
    use Role::{Create, Delete, Needed, Replace};
    let column = |line, role, method, path| column(Setup::Member, line, role, method, path);
    vec![
        column(PROPERTIES_LIST, Needed, GET, PROPERTIES)
            .reads(List)
            .rewords(NONE),
        column(PROPERTIES_SCHEMA, Needed, GET, SCHEMA)
            .reads(List)
            .rewords(NONE),
        column(DEFAULT_REGION, Create, PATCH, PROPERTIES).reads(List),
        column(REGISTRY_LIST, Needed, GET, REGISTRY_KEYS),
        column(REGISTRY_MINT, Create, POST, REGISTRY_KEYS),
        column(REGISTRY_REVOKE, Delete, DELETE, REGISTRY_KEY)
            .rewords(&[(404, "has no registry key `rk_acme_laptop`")]),
        column("secrets list", Needed, GET, SECRETS)
            .reads(List)
            .rewords(NONE),
        column("secrets list support-line-secrets", Needed, GET, SECRET_SET)
            .reads(Record)
            .rewords(&[(400, "image pull secret"), (404, "")]),
        column(SECRETS_SET, Needed, GET, SECRET_SET)
            .reads(Record)
            .rewords(&[(400, "image pull secret"), (404, "")]),
        column(SECRETS_SET, Replace, PUT, SECRET_SET),
        column(SECRETS_UNSET, Delete, DELETE, SECRET).rewords(&[(404, "has no key")]),
        column(SECRETS_DELETE, Delete, DELETE, SECRET_SET).rewords(&[(404, "has no secret set")]),
        column(PULL_SECRET, Needed, GET, SECRETS)
            .reads(List)
            .rewords(NONE),
        column(PULL_SECRET, Replace, PUT, LOGIN),
        column(REFERENCE, Create, POST, REFERENCES).reads(Reads::Little),
        column("regions list", Needed, GET, REGIONS)
            .reads(List)
            .rewords(NONE),
        column("regions show pce-berlin", Needed, GET, REGION)
            .reads(Record)
            .rewords(&[(404, "of its own")]),
        column(REGISTER, Create, POST, REGIONS).reads(Record),
        column(REGION_DELETE, Delete, DELETE, EMPTY_REGION).rewords(&[(404, "of its own")]),
        column(ENROLL, Create, POST, ENROLLMENT).rewords(&[(404, "of its own")]),
        column("spend-limit show", Needed, GET, SPEND_LIMIT)
            .reads(Record)
            .rewords(NONE),
        column(LIMIT_SET, Needed, GET, SPEND_LIMIT)
            .reads(Record)
            .rewords(NONE),
        column(LIMIT_SET, Replace, PUT, SPEND_LIMIT),
        column("spend-limit clear --yes", Replace, PUT, SPEND_LIMIT),
        column("github status", Needed, GET, INSTALLATION)
            .reads(Record)
            .rewords(NONE),
        column("github repos", Needed, GET, REPOSITORIES).reads(List),
        column(
            "github branches acme-voice/concierge",
            Needed,
            GET,
            BRANCHES,
        )
        .reads(List),
        column("github connect", Needed, GET, INSTALLATION)
            .reads(Record)
            .rewords(NONE),
        column("github disconnect --yes", Delete, DELETE, INSTALLATION)
            .rewords(&[(404, "is not connected")]),
    ]
}
