//! The program: `pipecat`, and `pcc` and `pipecatcloud` by links of those names.

use std::process::ExitCode;

use pipecat_cloud_cli::environment::Environment;
use pipecat_cloud_cli::run::run;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    run(&arguments, Environment::of_process())
}
