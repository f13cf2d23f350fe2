//! The kinds of failure, in one table: what is said of them anywhere comes from here.

/// The table: of each kind its meaning (its doc comment, which is what people read), its name here,
/// its stable name, and what sets it apart from the rest. The exit status is 1 unless it says
/// `exit`; the same line may work later only where it says `passes`.
macro_rules! codes {
    ($(
        $(#[doc = $meaning:literal])+
        $variant:ident = $name:literal $(, exit $status:literal)? $(, passes $passes:literal)?;
    )+) => {
        /// What kind of failure this is. Scripts see it as `code` in JSON output.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code {
            $($(#[doc = $meaning])+ $variant),+
        }

        impl Code {
            /// Every one, in the order in which people are told of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The code's stable name.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),+
                }
            }

            /// What it means, in a line.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!($($meaning),+).trim()),+
                }
            }

            /// The exit status: 2 for a wrong command line or a prompt without a terminal, 130 for
            /// an interruption, 0 where only the reader has gone, 1 for whatever else failed.
            #[must_use]
            pub const fn exit_status(self) -> u8 {
                match self {
                    $($(Self::$variant => $status,)?)+
                    _ => 1,
                }
            }

            /// Whether the same may well work a little later: nothing is wrong with what was asked.
            #[must_use]
            pub const fn passes(self) -> bool {
                match self {
                    $($(Self::$variant => $passes,)?)+
                    _ => false,
                }
            }
        }
    };
}

codes! {
    /// the command line is wrong
    Usage = "usage", exit 2;
    /// a question cannot be asked: there is no terminal
    PromptRequired = "prompt_required", exit 2;
    /// a value is refused before the service is asked
    InvalidInput = "invalid_input";
    /// the person said no, or left a question unanswered
    Declined = "declined";
    /// Ctrl-C, or another signal that ends programs
    Interrupted = "interrupted", exit 130;
    /// there is no token anywhere
    NotSignedIn = "not_signed_in";
    /// the session is over: it cannot be renewed any more
    SessionEnded = "session_ended";
    /// somebody else signed in while the command was running
    SessionReplaced = "session_replaced";
    /// the sign-in was refused in the browser
    SignInDenied = "sign_in_denied";
    /// the sign-in broke off
    SignInFailed = "sign_in_failed";
    /// the service does not accept the token (401)
    Unauthorized = "unauthorized";
    /// the service does not allow it (403)
    Forbidden = "forbidden";
    /// not a member of the organization, or not allowed (403)
    NotAMember = "not_a_member";
    /// the organization has reached its spend limit (402)
    SpendLimitReached = "SPEND_LIMIT_REACHED";
    /// there is nothing of that name, or nothing at all (404)
    NotFound = "not_found";
    /// a name fits several things
    Ambiguous = "ambiguous";
    /// too many requests (429)
    RateLimited = "rate_limited", passes true;
    /// the service refuses the request (any other 4xx)
    Rejected = "rejected";
    /// a build in the cloud did not succeed
    BuildFailed = "build_failed";
    /// what was deployed does not run
    DeploymentFailed = "deployment_failed";
    /// another deployment has replaced it
    Superseded = "superseded";
    /// `docker` ended with a failure
    DockerFailed = "docker_failed";
    /// the service failed (5xx)
    ServiceError = "service_error", passes true;
    /// the answer makes no sense, or is a web page
    UnexpectedResponse = "unexpected_response";
    /// the host's name has no address
    UnknownHost = "unknown_host", passes true;
    /// the host cannot be reached
    Unreachable = "unreachable", passes true;
    /// the host's certificate is not trusted
    UntrustedCertificate = "untrusted_certificate";
    /// the proxy refused the connection
    ProxyRefused = "proxy_refused";
    /// no answer came in time
    TimedOut = "timed_out", passes true;
    /// the connection broke before the whole answer had come
    ConnectionBroken = "connection_broken", passes true;
    /// plain HTTP to another machine
    InsecureHost = "insecure_host";
    /// a setting holds something that it cannot hold
    InvalidSetting = "invalid_setting";
    /// the configuration file is malformed
    ConfigMalformed = "config_malformed";
    /// the configuration file cannot be read
    ConfigUnreadable = "config_unreadable";
    /// the configuration file cannot be written
    ConfigUnwritable = "config_unwritable";
    /// another process holds the configuration file's lock
    ConfigLocked = "config_locked", passes true;
    /// the deploy file cannot be read, or is wrong: see `problems`
    DeployFileInvalid = "deploy_file_invalid";
    /// the output cannot be written
    OutputFailed = "output_failed";
    /// whoever read the output has gone away
    ReaderGone = "reader_gone", exit 0;
    /// something that should not happen: please report it
    Internal = "internal";
}
