//! `pipecat`: Pipecat Cloud accounts from the command line.
//!
//! One direction, from arguments to the screen:
//!
//! ```text
//! arguments ─▶ settings ─▶ command ─▶ API client / store ─▶ report ─▶ renderer ─▶ stdout
//! ```
//!
//! | module          | what it holds                                                           |
//! |-----------------|-------------------------------------------------------------------------|
//! | [`cli`]         | the command tree; its doc comments are the help                         |
//! | [`arguments`]   | from the words of the command line to something to do                   |
//! | [`completions`] | what a shell may complete                                               |
//! | [`official`]    | the official CLI, which has the commands that are not ours              |
//! | [`run`]         | one run of the program: dispatch, render, exit status                   |
//! | [`context`]     | what a command may use                                                  |
//! | [`commands`]    | a file a verb; each returns a report or an error and prints neither     |
//! | [`environment`] | the process's surroundings, read once                                   |
//! | [`settings`]    | option > environment > file > default, each value with its source       |
//! | [`api`]         | the service's routes, their types, the bearer token and its renewal     |
//! | [`oauth`]       | discovery, sign-in with PKCE, the callback server, session renewal      |
//! | [`http`]        | one HTTP exchange: time limits, repeats, causes of failure              |
//! | [`deadline`]    | how long a command may go on                                            |
//! | [`store`]       | the configuration file: lock, atomic write, edits that keep the rest    |
//! | [`prompt`]      | questions on a terminal                                                 |
//! | [`output`]      | modes, reports, tables, JSON, progress; the only writer to stdout       |
//! | [`error`]       | the one error type: code, message, hint, exit status                    |

pub mod api;
pub mod arguments;
pub mod cli;
pub mod commands;
pub mod completions;
pub mod context;
pub mod deadline;
pub mod environment;
pub mod error;
pub mod http;
pub mod oauth;
pub mod official;
pub mod output;
pub mod prompt;
pub mod run;
pub mod settings;
pub mod store;
