//! Standard input, and files that are not on a disk, read whole.

use std::io::{self, Read};

use tokio::sync::oneshot;

use super::invalid;
use crate::context::Context;
use crate::error::{Code, Error, Result};

/// All of standard input, up to `most` bytes and as long as the command may wait.
pub(super) async fn stdin(context: &Context, what: &str, most: u64) -> Result<Vec<u8>> {
    read(context, what, most, || Ok(io::stdin().lock())).await
}

/// All that `open` gives to read, on a thread of its own, so that signals are heard meanwhile.
pub(super) async fn read<R: Read>(
    context: &Context,
    what: &str,
    most: u64,
    open: impl FnOnce() -> io::Result<R> + Send + 'static,
) -> Result<Vec<u8>> {
    let failed = |cause| invalid(format!("cannot read {what}")).because(cause);
    let (sender, receiver) = oneshot::channel();
    std::thread::Builder::new()
        .spawn(move || {
            let read = open().and_then(|input| {
                let mut bytes = Vec::new();
                input.take(most + 1).read_to_end(&mut bytes)?;
                Ok(bytes)
            });
            // Whoever waited may have gone.
            let _ = sender.send(read);
        })
        .map_err(failed)?;
    match tokio::time::timeout(context.limit.remaining(), receiver).await {
        Ok(Ok(Ok(bytes))) if bytes.len() as u64 > most => {
            Err(invalid(format!("{what} is larger than {} KiB", most >> 10)))
        }
        Ok(Ok(read)) => read.map_err(failed),
        Ok(Err(_)) => Err(Error::new(Code::Internal, format!("reading {what} failed"))),
        Err(_) => Err(Error::new(
            Code::TimedOut,
            format!("{what} did not arrive in time"),
        )),
    }
}
