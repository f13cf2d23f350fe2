//! The name of the agent that a deploy file is about, read by who wants nothing else of it: whatever
//! else may be wrong with the file does not matter.

use std::fs;
use std::path::Path;

use anyhow::{Result, anyhow};
use toml_edit::Document;

use crate::text::Place;

/// The name at the top of the file, if it has one.
///
/// # Errors
/// The file cannot be read, or is not TOML; the error says where.
pub fn agent_name(file: &Path) -> Result<Option<String>> {
    let bytes = fs::read(file)?;
    let text = str::from_utf8(&bytes).map_err(|error| {
        let before = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        let Place { line, column } = Place::after(&before);
        anyhow!("line {line}, column {column}: this is not UTF-8")
    })?;
    let document = Document::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start.min(text.len()));
        let Place { line, column } = Place::after(text.get(..at).unwrap_or(text));
        let why = error.message().trim().replace('\n', ", ");
        anyhow!("line {line}, column {column}: {why}")
    })?;
    let name = document.get("agent_name").and_then(|name| name.as_str());
    Ok(name.map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_the_name_matters() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("pcc-deploy.toml");
        for (text, name) in [
            (
                "agent_name = \"bot\"\nimage = 7\nunknown = {}\n",
                Ok(Some("bot")),
            ),
            ("[scaling]\nagent_name = \"bot\"\n", Ok(None)),
            ("agent_name = 7\n", Ok(None)),
            ("agent_name = [\"bot\"]\n", Ok(None)),
            ("", Ok(None)),
            ("agent_name = \"\"\n", Ok(Some(""))),
            ("a = 1\nåb = = 2\n", Err("line 2, column 6: ")),
            ("agent_name = \"bot\"\n\"x\" =", Err("line 2, column ")),
        ] {
            fs::write(&path, text)?;
            let read = agent_name(&path);
            let read = read.map_err(|error| error.to_string());
            match name {
                Ok(name) => assert_eq!(read, Ok(name.map(str::to_owned)), "{text}"),
                Err(told) => assert!(read.is_err_and(|error| error.starts_with(told)), "{text}"),
            }
        }
        fs::write(&path, b"agent_name = 'bot'\n# \xff")?;
        let error = agent_name(&path).err().map(|error| error.to_string());
        assert_eq!(
            error.as_deref(),
            Some("line 2, column 3: this is not UTF-8")
        );
        Ok(())
    }
}
