//! Running `docker`, without a shell, and passing on what it says as it comes.

use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::Command;

use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::output::Printer;

/// The program's name.
const NAME: &str = "docker";

/// So much of the end of what it says is kept, in bytes, to see why it failed.
const KEPT: usize = 64 << 10;

/// The program.
pub(super) struct Docker {
    path: PathBuf,
}

/// How a run ended.
pub(super) struct Run {
    pub(super) status: ExitStatus,
    /// The end of what it said.
    pub(super) said: String,
}

impl Docker {
    /// Looks for it on `PATH`.
    pub(super) fn find(context: &Context) -> Result<Self> {
        let path = context.settings.environment().raw("PATH");
        let found = which::which_in(NAME, path, ".");
        let path = found.map_err(|_| {
            Error::new(Code::NotFound, "there is no `docker` on `PATH`").hint(
                "install Docker (https://docs.docker.com/get-started/get-docker/), or build in the cloud with `pipecat cloud deploy`",
            )
        })?;
        Ok(Self { path })
    }

    /// Runs it in the working folder. It ends with the command if that is given up.
    pub(super) async fn run(&self, context: &Context, arguments: &[String]) -> Result<Run> {
        let cannot_run =
            |error| Error::new(Code::DockerFailed, "cannot run `docker`").because(error);
        let mut child = Command::new(&self.path)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(cannot_run)?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let mut said = Vec::new();
        let printer = &context.printer;
        let (out, err) = tokio::join!(pass_on(printer, stdout), pass_on(printer, stderr));
        said.extend(out);
        said.extend(err);
        let status = child.wait().await.map_err(cannot_run)?;
        Ok(Run {
            status,
            said: String::from_utf8_lossy(&said).into_owned(),
        })
    }
}

/// Passes a stream on to stderr, byte for byte, and gives its end.
async fn pass_on(printer: &Arc<Printer>, stream: Option<impl AsyncRead + Unpin>) -> Vec<u8> {
    let mut kept = Vec::new();
    let Some(mut stream) = stream else {
        return kept;
    };
    let mut buffer = vec![0; 8 << 10];
    while let Ok(length @ 1..) = stream.read(&mut buffer).await {
        let chunk = &buffer[..length];
        printer.pass_on(chunk);
        kept.extend_from_slice(chunk);
        if kept.len() > 2 * KEPT {
            kept.drain(..kept.len() - KEPT);
        }
    }
    kept
}
