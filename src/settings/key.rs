//! The settings there are: names, variables, defaults.

use crate::store::keys;

/// The service that everybody uses.
pub const DEFAULT_API_HOST: &str = "https://api.pipecat.daily.co";

/// The settings there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// Bearer token: an access token or a personal access token.
    Token,
    /// The active organization.
    Org,
    /// Renews the session; only ever used from the file.
    RefreshToken,
    /// When the access token ends, in seconds since 1970.
    TokenExpiresAt,
    /// The service's address.
    ApiHost,
    /// The dashboard's address.
    DashboardHost,
    /// Output mode.
    Output,
    /// Least severe level that is logged.
    CliLogLevel,
    /// The default public key of the organization in force.
    DefaultPublicKey,
    /// That key's name.
    DefaultPublicKeyName,
}

impl Key {
    /// All of them, as they are shown.
    pub const ALL: [Self; 10] = [
        Self::Token,
        Self::Org,
        Self::RefreshToken,
        Self::TokenExpiresAt,
        Self::ApiHost,
        Self::DashboardHost,
        Self::Output,
        Self::CliLogLevel,
        Self::DefaultPublicKey,
        Self::DefaultPublicKeyName,
    ];

    /// The table: name in the file, environment variable, default.
    pub(super) const fn row(self) -> (&'static str, &'static str, Option<&'static str>) {
        match self {
            Self::Token => (keys::TOKEN, "PIPECAT_TOKEN", None),
            Self::Org => (keys::ORG, "PIPECAT_ORG", None),
            Self::RefreshToken => (keys::REFRESH_TOKEN, "PIPECAT_REFRESH_TOKEN", None),
            Self::TokenExpiresAt => (keys::TOKEN_EXPIRES_AT, "PIPECAT_TOKEN_EXPIRES_AT", None),
            Self::ApiHost => ("api_host", "PIPECAT_API_HOST", Some(DEFAULT_API_HOST)),
            Self::DashboardHost => (
                "dashboard_host",
                "PIPECAT_DASHBOARD_HOST",
                Some("https://pipecat.daily.co"),
            ),
            Self::Output => ("output", "PIPECAT_OUTPUT", None),
            Self::CliLogLevel => ("cli_log_level", "PIPECAT_CLI_LOG_LEVEL", Some("INFO")),
            Self::DefaultPublicKey => {
                (keys::DEFAULT_PUBLIC_KEY, "PIPECAT_DEFAULT_PUBLIC_KEY", None)
            }
            Self::DefaultPublicKeyName => (
                keys::DEFAULT_PUBLIC_KEY_NAME,
                "PIPECAT_DEFAULT_PUBLIC_KEY_NAME",
                None,
            ),
        }
    }

    /// Its name in the file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.row().0
    }

    /// Its environment variable.
    #[must_use]
    pub const fn variable(self) -> &'static str {
        self.row().1
    }

    /// Whether it belongs to a session, which lives in the file and nowhere else.
    pub(super) const fn is_of_session(self) -> bool {
        matches!(self, Self::RefreshToken | Self::TokenExpiresAt)
    }
}
