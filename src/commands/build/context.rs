//! `build context`: what a build would be built from, without any request.

use std::path::Path;

use serde_json::{Value, json};

use crate::commands::{ConfigUse, Run, warnings_of};
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::output::{Field, Note, Report, Row, Table, View};
use crate::project::context::{DEFAULT_DOCKERFILE, DEFAULT_FOLDER, Options};
use crate::project::{Archive, BuildContext, DeployFile, Location, into_error};
use crate::text::size;

const EXAMPLES: &str = "\
Examples:
  pipecat cloud build context
  pipecat cloud build context --list | cut -f1
  pipecat cloud build context -d bot --dockerfile docker/Dockerfile";

/// Show what would be uploaded to be built: files, sizes, hash
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The folder to build [default: `build.context_dir` of the deploy file, else .]
    #[arg(short = 'd', long, value_name = "DIR")]
    build_dir: Option<String>,

    /// The Dockerfile, from that folder [default: `build.dockerfile` of the deploy file, else
    /// Dockerfile]
    #[arg(long, value_name = "PATH")]
    dockerfile: Option<String>,

    /// The deploy file, instead of pcc-deploy.toml [env: PIPECAT_DEPLOY_CONFIG_PATH]
    #[arg(long, value_name = "PATH")]
    config_file: Option<String>,

    /// List every file, a row each
    #[arg(long)]
    list: bool,
}

impl Run for Args {
    fn config_use(&self) -> ConfigUse {
        ConfigUse::Unused
    }

    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        let environment = context.settings.environment();
        let location = Location::find(self.config_file.as_deref().map(Path::new), environment);
        let file = location.read().map_err(|problems| into_error(&problems))?;
        let _progress = context.printer.progress("packing the files");
        let temporary = environment.temporary_folder().to_owned();
        let token_file = context.store.path().to_owned();
        let packing = move || self.pack(&file, &temporary, &token_file);
        let packed = tokio::task::spawn_blocking(packing).await;
        let packed = packed
            .map_err(|error| Error::new(Code::Internal, "the packer has stopped").because(error))?;
        Ok(Box::new(packed?))
    }
}

impl Args {
    fn pack(&self, file: &DeployFile, temporary: &Path, token_file: &Path) -> Result<Packed> {
        let build = &file.config.build;
        let given = |option: &'_ Option<String>| {
            let option = option.clone();
            option.filter(|text| !text.trim().is_empty())
        };
        let of_file = |value: &Option<crate::project::Placed<String>>| {
            value.as_ref().map(|placed| placed.value.clone())
        };
        let folder = given(&self.build_dir).or_else(|| of_file(&build.context_dir));
        let folder = folder.unwrap_or_else(|| DEFAULT_FOLDER.to_owned());
        let dockerfile = given(&self.dockerfile).or_else(|| of_file(&build.dockerfile));
        let dockerfile = dockerfile.unwrap_or_else(|| DEFAULT_DOCKERFILE.to_owned());
        let context = BuildContext::walk(&Options {
            folder: Path::new(&folder),
            dockerfile: &dockerfile,
            patterns: &build.exclude.patterns,
            token_file: Some(token_file),
        })?;
        let archive = Archive::pack(&context, temporary)?;
        let of_context = context.all_warnings().into_iter().map(Note::Warning);
        Ok(Packed {
            warnings: warnings_of(file).chain(of_context).collect(),
            context,
            archive_size: archive.size,
            hash: archive.hash,
            is_listed: self.list,
        })
    }
}

/// What would go up.
struct Packed {
    context: BuildContext,
    archive_size: u64,
    hash: String,
    warnings: Vec<Note>,
    is_listed: bool,
}

impl Report for Packed {
    fn json(&self) -> Value {
        let files = self.context.files.iter().map(|file| {
            json!({
                "path": file.path,
                "size": file.size,
                "mode": format!("{:04o}", file.mode()),
            })
        });
        json!({
            "contextDir": self.context.folder.display().to_string(),
            "dockerfile": self.context.dockerfile,
            "files": files.collect::<Vec<_>>(),
            "bytes": self.context.bytes,
            "archiveBytes": self.archive_size,
            "contextHash": self.hash,
            "warnings": self.warnings.iter().map(Note::text).collect::<Vec<_>>(),
        })
    }

    fn plain(&self) -> View {
        if self.is_listed {
            let rows = self.context.files.iter().map(|file| {
                let mode = format!("{:04o}", file.mode());
                Row::new([file.path.clone(), file.size.to_string(), mode])
            });
            return View::Table(Table::new(["Path", "Size", "Mode"], rows));
        }
        let bytes = |bytes: u64| format!("{bytes} bytes ({})", size(bytes));
        let mut fields = vec![
            Field::new("Folder", self.context.folder.display().to_string()),
            Field::new("Dockerfile", &self.context.dockerfile),
            Field::new("Files", self.context.files.len().to_string()),
            Field::new("Content", bytes(self.context.bytes)),
            Field::new("Archive", bytes(self.archive_size)),
            Field::new("Context Hash", &self.hash),
        ];
        for file in self.context.largest() {
            let text = format!("{} ({})", file.path, size(file.size));
            fields.push(Field::new("Large File", text));
        }
        View::Labelled(fields)
    }

    fn notes(&self) -> Vec<Note> {
        self.warnings.clone()
    }
}
