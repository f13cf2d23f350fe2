//! `pipecat`: Pipecat Cloud accounts from the command line.
//!
//! One direction, from arguments to the screen:
//!
//! ```text
//! arguments ─▶ settings ─▶ command ─▶ API client / store ─▶ report, events ─▶ renderer ─▶ stdout
//! ```
//!
//! | module          | what it holds                                                           |
//! |-----------------|-------------------------------------------------------------------------|
//! | [`run`]         | one run of the program: parse, dispatch, render, exit status            |
//! | [`signals`]     | what a signal does                                                      |
//! | [`cli`]         | the top of the command tree, global options, help topics                |
//! | [`completions`] | what a shell may complete                                               |
//! | [`official`]    | the official CLI, which has the commands that are not ours              |
//! | [`commands`]    | a folder a noun, a file a verb; each returns a report and prints nothing |
//! | [`context`]     | what a command may use                                                  |
//! | [`environment`] | the process's surroundings, read once                                   |
//! | [`settings`]    | option > environment > file > default, each value with its source       |
//! | [`api`]         | the service's routes, their types and error codes, the bearer token     |
//! | [`oauth`]       | discovery, sign-in with PKCE, the callback server, session renewal      |
//! | [`http`]        | one HTTP exchange: time limits, repeats, causes of failure              |
//! | [`limit`]       | how long a command may wait                                             |
//! | [`poll`]        | waiting for something to become so                                      |
//! | [`store`]       | the configuration file: lock, atomic write, edits that keep the rest    |
//! | [`seen`]        | names that were last seen of the service, for completion                |
//! | [`project`]     | the folder that is deployed: deploy file, build context, archive      |
//! | [`text`]        | places in a text, and words that were meant                            |
//! | [`prompt`]      | questions on a terminal                                                 |
//! | [`output`]      | modes, reports, events, tables, JSON, progress; the only writer to stdout |
//! | [`error`]       | the one error type: code, message, hint, exit status                    |

pub mod api;
pub mod cli;
pub mod commands;
pub mod completions;
pub mod context;
pub mod environment;
pub mod error;
pub mod http;
pub mod limit;
#[cfg(test)]
mod mangled;
pub mod oauth;
pub mod official;
pub mod output;
pub mod poll;
pub mod project;
pub mod prompt;
pub mod run;
pub mod seen;
pub mod settings;
pub mod signals;
pub mod store;
pub mod text;
