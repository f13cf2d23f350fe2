//! `pipecat completions`.

use clap::builder::PossibleValuesParser;

use super::{CLOUD_NAMES, OWN_NAMES};
use crate::commands::{ConfigUse, Run};
use crate::completions;
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::output::{Report, Text};

/// The shells there are scripts for.
const SHELLS: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];

/// Print the script that lets a shell complete command lines
///
/// Put it where your shell looks for it:
///
///   bash        echo 'source <(pipecat completions bash)' >> ~/.bashrc
///   zsh         echo 'source <(pipecat completions zsh)' >> ~/.zshrc
///   fish        echo 'pipecat completions fish | source' >> ~/.config/fish/config.fish
///   elvish      echo 'eval (pipecat completions elvish | slurp)' >> ~/.config/elvish/rc.elv
///   powershell  pipecat completions powershell >> $PROFILE
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// The shell
    #[arg(value_name = "SHELL", value_parser = PossibleValuesParser::new(SHELLS))]
    shell: String,
}

impl Run for Args {
    fn config_use(&self) -> ConfigUse {
        ConfigUse::Unused
    }

    async fn run(self, _context: &Context) -> Result<Box<dyn Report>> {
        let names = [OWN_NAMES, CLOUD_NAMES].concat();
        let text = completions::script(&self.shell, &names).map_err(|error| {
            Error::new(Code::Internal, "cannot generate the script").because(error)
        })?;
        Ok(Box::new(Text(text)))
    }
}
