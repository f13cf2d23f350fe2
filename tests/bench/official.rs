//! The official CLI, to be measured beside ours where it is installed.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Names it, where it is not on `PATH`.
const VARIABLE: &str = "PIPECAT_OFFICIAL_CLI";

/// Counts the packages that a Python interpreter has installed, and the bytes in them.
const INSTALLED: &str = "
import importlib.metadata as m
packages = {d.metadata['Name'].lower(): d for d in m.distributions()}
for name in ('pip', 'setuptools', 'wheel'):
    packages.pop(name, None)
files = [f.locate() for d in packages.values() for f in d.files or ()]
print(len(packages), sum(f.stat().st_size for f in files if f.is_file()))
";

/// The program: what the variable names, or the first `pipecat` on `PATH` that is a script.
pub fn find() -> Option<PathBuf> {
    if let Some(path) = env::var_os(VARIABLE).filter(|path| !path.is_empty()) {
        return Some(path.into());
    }
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join("pipecat"))
        .find(|path| interpreter(path).is_some())
}

/// How many packages it is installed in, and their size in bytes.
pub fn size(program: &Path) -> Option<(u32, u64)> {
    let mut python = Command::new(interpreter(program)?);
    let output = python.args(["-c", INSTALLED]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let (packages, bytes) = text.trim().split_once(' ')?;
    Some((packages.parse().ok()?, bytes.parse().ok()?))
}

fn interpreter(script: &Path) -> Option<PathBuf> {
    let bytes = fs::read(script).ok()?;
    let line = bytes.split(|&byte| byte == b'\n').next()?;
    let path = line.strip_prefix(b"#!")?;
    Some(String::from_utf8_lossy(path).trim().into())
}
