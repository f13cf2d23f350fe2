//! Black-box tests of the real program, against a fake cloud, each in a home of its own.
//!
//! | module            | what it is about                                                   |
//! |-------------------|--------------------------------------------------------------------|
//! | [`login`]         | signing in, with a stand-in browser and by pasting                 |
//! | [`chromium`]      | signing in with a real browser, where there is one                 |
//! | [`sign_out`]      | `logout`, and what is left afterwards                              |
//! | [`pat`]           | personal access tokens, stored and from the environment            |
//! | [`whoami`]        | who is signed in                                                   |
//! | [`session`]       | renewal, also by many processes at once                            |
//! | [`organizations`] | listing and selecting                                              |
//! | [`keys`]          | API keys                                                           |
//! | [`deploy`]        | deploying, and how that ends                                       |
//! | `docker`          | building and pushing with docker                                   |
//! | [`cycle`]         | a new API key in the place of an old one                           |
//! | [`registry_keys`] | keys of the container registry                                     |
//! | [`properties`]    | properties of an organization, its default region                  |
//! | [`token`]         | the token in force, for scripts                                    |
//! | [`regions`], [`spend_limit`], [`github`] | what their names say                     |
//! | [`builds`]        | builds in the cloud                                                |
//! | [`context`]       | what a build is made from, and the deploy file                     |
//! | [`secrets`]       | secrets, and what regions, spend limit and GitHub share with them  |
//! | [`agents`]        | agents, their sessions and their logs                              |
//! | [`prompts`]       | questions on a terminal                                            |
//! | [`output`]        | modes, streams, exit statuses                                      |
//! | [`settings`]      | where values come from, and the configuration file                 |
//! | [`official`]      | what is run by the official CLI                            |
//! | [`failures`]      | what people are told when something goes wrong                     |
//! | [`http`]          | bodies as streams, with the program's own client                   |
//! | [`machine`]       | the machine misbehaves; signals; very many processes at once       |
//! | [`hostile`]       | a service, a provider, a local program or a name with intentions   |
//! | [`faults`]        | faults on every route of every command                             |
//! | [`fake_cloud`]    | the fake cloud itself, where it remembers and pages                |
//! | [`help`]          | the whole command tree's help                                      |
//! | [`mistakes`]      | command lines that are not understood                              |
//! | `install`         | the install script, on Unix                                        |
//! | [`shell`]         | completion, manual pages, explanations, the first minute           |
//! | [`sandbox`]       | the example that anyone can start                                  |
//! | [`pictures`]      | the terminal as the README shows it                                |
//! | `windows`         | what only Windows has                                              |
//! | [`api`]           | a request of one's own                                             |
//! | [`programs`]      | what programs go by: errors and the help that is made for them     |
//! | [`readme`]        | the lines that the README gives to type                            |
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a broken assumption ends the test there and then"
)]
#![allow(
    clippy::needless_raw_string_hashes,
    reason = "snapshots are written with them"
)]

#[path = "../support/mod.rs"]
mod support;

mod agents;
mod api;
mod builds;
mod chromium;
mod context;
mod cycle;
mod deploy;
#[cfg(unix)]
mod docker;
mod failures;
mod fake_cloud;
mod faults;
mod github;
mod help;
mod hostile;
mod http;
#[cfg(unix)]
mod install;
mod keys;
mod login;
mod machine;
mod mistakes;
mod official;
mod organizations;
mod output;
mod pat;
mod pictures;
mod programs;
mod prompts;
mod properties;
mod readme;
mod regions;
mod registry_keys;
mod sandbox;
mod secrets;
mod session;
mod settings;
mod shell;
mod sign_out;
mod spend_limit;
mod token;
mod whoami;
#[cfg(windows)]
mod windows;
