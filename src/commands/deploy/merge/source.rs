//! What runs: an image, a build, a repository, or the folder.

use super::super::wanted::{Source, Sourced, What};
use super::{Merging, given, placed, text};
use crate::api::GitSource;
use crate::output::Note;
use crate::project::values::{has_tag, is_branch, is_repository};

impl Merging<'_> {
    /// What runs: what the command line says sets aside what the file says.
    pub(super) fn what(&mut self) -> Option<What> {
        let (options, config) = (self.options, &self.file.config);
        let image = given(options.image.as_ref());
        let build = given(options.build_id.as_ref());
        let repo = given(options.repo.as_ref());
        let branch = given(options.branch.as_ref());
        let from_git = repo.is_some() || branch.is_some();
        let sources = [
            (image.is_some(), "IMAGE"),
            (build.is_some(), "`--build-id`"),
            (from_git, "`--repo`"),
        ];
        let named: Vec<&str> = sources
            .iter()
            .filter_map(|(is_given, name)| is_given.then_some(*name))
            .collect();
        if named.len() > 1 {
            let message = format!("{} cannot be used together: give one", named.join(" and "));
            self.wrong("image", message);
            return None;
        }
        let what = if let Some(image) = image {
            What::Image(image)
        } else if let Some(build) = build {
            What::Build(build)
        } else if from_git || config.git.repo.is_some() || config.git.branch.is_some() {
            return self.git(repo, branch);
        } else if let Some(image) = placed(config.image.as_ref()) {
            What::Image(image)
        } else if let Some(build) = placed(config.build_id.as_ref()) {
            What::Build(build)
        } else {
            What::Folder
        };
        for (option, name) in [
            (&options.dockerfile_path, "--dockerfile-path"),
            (&options.subdirectory, "--subdirectory"),
        ] {
            if given(option.as_ref()).is_some() {
                let message = format!("`{name}` is for a repository, and needs `--repo`");
                self.wrong("git", message);
            }
        }
        if let What::Image(image) = &what
            && image.source == Source::Option
            && !has_tag(&image.value)
        {
            let image = &image.value;
            self.warnings.push(Note::Warning(format!(
                "the image `{image}` has no tag, so the registry's `latest` is used, whatever \
                 that is by then; name one, as in `{image}:1.0`"
            )));
        }
        let asks_for_build =
            given(options.build_dir.as_ref()).or_else(|| given(options.dockerfile.as_ref()));
        if !matches!(what, What::Folder) && asks_for_build.is_some() {
            let what = "`--build-dir` and `--dockerfile` are ignored: an image or a build is \
                        named, so nothing is built";
            self.warnings.push(Note::Warning(what.to_owned()));
        }
        Some(what)
    }

    /// A repository with its branch, each from the option or the file.
    fn git(
        &mut self,
        repo: Option<Sourced<String>>,
        branch: Option<Sourced<String>>,
    ) -> Option<What> {
        let (options, git) = (self.options, &self.file.config.git);
        let repo = repo.or_else(|| placed(git.repo.as_ref()));
        let branch = branch.or_else(|| placed(git.branch.as_ref()));
        for (one, other, message) in [
            (&repo, &branch, "`--repo` needs `--branch` as well"),
            (&branch, &repo, "`--branch` needs `--repo` as well"),
        ] {
            if one.is_some() && other.is_none() {
                self.wrong("git", message);
            }
        }
        let (repo, branch) = (repo?, branch?);
        if !is_repository(&repo.value) {
            let message = format!(
                "`{}` is not a repository of the form OWNER/REPO",
                repo.value
            );
            self.wrong_at("git.repo", repo.source, message);
        }
        if !is_branch(&branch.value) {
            let message = format!("`{}` is not a valid branch name", branch.value);
            self.wrong_at("git.branch", branch.source, message);
        }
        let more = |option, file| text(option, file).map(|text| text.value);
        Some(What::Git(GitSource {
            repo_full_name: repo.value,
            branch: branch.value,
            dockerfile_path: more(
                options.dockerfile_path.as_ref(),
                git.dockerfile_path.as_ref(),
            ),
            subdirectory: more(options.subdirectory.as_ref(), git.subdirectory.as_ref()),
        }))
    }
}
