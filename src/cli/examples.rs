//! Examples, and exit statuses where they matter: what stands below the options in the help.

pub(super) const LOGIN: &str = "\
Examples:
  pipecat cloud auth login
  pipecat cloud auth login --headless          # over SSH: paste the address back
  pipecat cloud auth login --timeout 600

Exit status: 0 signed in; 1 denied, failed or nobody came back in time; 130 interrupted";

pub(super) const LOGOUT: &str = "\
Examples:
  pipecat cloud auth logout
  pipecat cloud --output json auth logout | jq .revoked

Exit status: 0 signed out on this machine, whatever the service said; 1 not signed in";

pub(super) const USE_PAT: &str = "\
Examples:
  pipecat cloud auth use-pat                   # asks, without showing it
  pipecat cloud auth use-pat < token.txt";

pub(super) const WHOAMI: &str = "\
Examples:
  pipecat cloud auth whoami
  pipecat cloud --output json auth whoami | jq -r .user.userId
  PIPECAT_TOKEN=pcc_pat_... pipecat cloud auth whoami

Exit status: 0 also where you are not a member of the active organization; 1 not signed in, or turned away";

pub(super) const TOKEN: &str = r#"Examples:
  curl -H "Authorization: Bearer $(pipecat cloud auth token)" https://api.pipecat.daily.co/v1/users"#;

pub(super) const LIST: &str = "\
Examples:
  pipecat cloud organizations list
  pipecat cloud organizations list | tail -n +2 | cut -f2";

pub(super) const SELECT: &str = "\
Examples:
  pipecat cloud organizations select           # from a list
  pipecat cloud organizations select -o my-team";

pub(super) const KEYS_LIST: &str = "\
Examples:
  pipecat cloud organizations keys list
  pipecat cloud organizations keys list -o my-team --output json | jq -r '.public[].key'

Exit status: 0 listed; 1 there are none";

pub(super) const KEYS_CREATE: &str = "\
Examples:
  pipecat cloud organizations keys create --name Phone --default
  pipecat cloud organizations keys create -n CI -o my-team --output json | jq -r .key";

pub(super) const KEYS_USE: &str = "\
Examples:
  pipecat cloud organizations keys use         # from a list
  pipecat cloud organizations keys use --key Phone";

pub(super) const KEYS_REVOKE: &str = "\
Examples:
  pipecat cloud organizations keys revoke      # from a list, and asks
  pipecat cloud organizations keys revoke --key Phone --yes";

pub(super) const KEYS_CYCLE: &str = "\
Examples:
  pipecat cloud organizations keys cycle --key Phone
  pipecat cloud organizations keys cycle --key Phone --yes --output json | jq -r .created.key

Exit status: 0 replaced; 1 a step failed: the new key, if there is one, is shown";

pub(super) const DEFAULT_REGION: &str = "\
Examples:
  pipecat cloud organizations default-region
  pipecat cloud organizations default-region eu-central";

pub(super) const MINT: &str = "\
Examples:
  pipecat cloud organizations registry-keys mint --name build-box
  pipecat cloud organizations registry-keys mint --name ci --output json | jq -r .helmLoginCommand";

pub(super) const REGISTRY_LIST: &str = "\
Examples:
  pipecat cloud organizations registry-keys list
  pipecat cloud organizations registry-keys list --all";

pub(super) const REGISTRY_REVOKE: &str = "\
Examples:
  pipecat cloud organizations registry-keys revoke KEY_ID
  pipecat cloud organizations registry-keys revoke KEY_ID --force";

pub(super) const PROPERTIES_LIST: &str = "\
Examples:
  pipecat cloud organizations properties list
  pipecat cloud organizations properties list -o my-team --output json";

pub(super) const PROPERTIES_SCHEMA: &str = "\
Examples:
  pipecat cloud organizations properties schema
  pipecat cloud organizations properties schema --output json | jq 'keys'";

pub(super) const PROPERTIES_SET: &str = "\
Examples:
  pipecat cloud organizations properties set defaultRegion eu-central";
