//! What there is already: everything that is read before anything is built or written, at once.

use std::pin::pin;

use serde_json::Value;

use super::wanted::{Source, Wanted, What};
use crate::api::{Api, Region, Rollout, SecretSet, SecretSetDetail, SetStatus, WithRaw};
use crate::commands::unknown_region;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::limit::optional;
use crate::project::values::is_agent_name;
use crate::project::{DeployFile, Problem};

/// What there is.
pub(super) struct Found {
    /// The agent, if there is one of that name.
    pub(super) agent: Option<WithRaw<Rollout>>,
    /// Where it runs, or will: as is said, where it runs already, or the organization's default.
    pub(super) region: Option<String>,
    /// Whether that is the organization's default.
    pub(super) is_default_region: bool,
    /// What is worth a word, and stops nothing.
    pub(super) warnings: Vec<String>,
}

/// What a set of the service turned out to be.
type Set = Result<Option<WithRaw<SecretSetDetail>>>;

/// Looks, and gives what there is and what is wrong with it.
pub(super) async fn look(
    context: &Context,
    organization: &str,
    wanted: &Wanted,
    file: &DeployFile,
) -> Result<(Found, Vec<Problem>)> {
    let api = context.api()?;
    let regions = async {
        match &wanted.region {
            Some(_) => api.regions(organization).await.map(|all| Some(all.value)),
            None => Ok(None),
        }
    };
    let set = async {
        match &wanted.secret_set {
            Some(set) => Some(api.secret_set(organization, &set.value).await),
            None => None,
        }
    };
    let logins = async {
        match &wanted.credentials {
            Some(_) => {
                let sets = api.secret_sets(organization, None).await;
                sets.map(|sets| Some(sets.value))
            }
            None => Ok(None),
        }
    };
    let default_region = async {
        match &wanted.region {
            Some(_) => None,
            None => optional(api.properties(organization)).await,
        }
    };
    let agent = agent_and_region(api, organization, wanted);
    let (agent, regions, set, logins, properties) =
        tokio::join!(agent, regions, set, logins, default_region);
    let ((agent, own_region), regions, logins) = (agent?, regions?, logins?);

    let mut checks = Checks {
        organization,
        wanted,
        file,
        problems: Vec::new(),
        warnings: Vec::new(),
    };
    let named = wanted.region.as_ref().map(|region| region.value.clone());
    let default = properties.as_ref().and_then(|all| all.get("defaultRegion"));
    let default = default.and_then(Value::as_str).map(str::to_owned);
    let is_default_region = named.is_none() && own_region.is_none();
    let region = named.or_else(|| own_region.clone()).or(default);
    if let Some(regions) = &regions {
        checks.region(regions, own_region.as_deref());
    }
    checks.agent(agent.is_some());
    if let Some(set) = set {
        checks.secret_set(set, region.as_deref())?;
    }
    if let Some(logins) = &logins {
        checks.login(logins, region.as_deref());
    }
    let found = Found {
        agent,
        region,
        is_default_region,
        warnings: checks.warnings,
    };
    Ok((found, checks.problems))
}

/// The agent, if there is one of that name, and where it runs.
async fn agent_and_region(
    api: &Api,
    organization: &str,
    wanted: &Wanted,
) -> Result<(Option<WithRaw<Rollout>>, Option<String>)> {
    let agent = api.agent_if_any(organization, &wanted.agent);
    if wanted.region.is_some() {
        let agent = agent.await?;
        let region = agent.as_ref().and_then(|agent| text(&agent.raw, "region"));
        return Ok((agent, region));
    }
    // The list goes out beside the details, and is given up where these say it all.
    let (mut agent, mut listed) = (
        pin!(agent),
        pin!(listed_region(api, organization, &wanted.agent)),
    );
    let (agent, seen) = tokio::select! {
        biased;
        agent = &mut agent => (agent?, None),
        seen = &mut listed => (agent.await?, Some(seen)),
    };
    let Some(details) = &agent else {
        return Ok((None, None));
    };
    let region = match (text(&details.raw, "region"), seen) {
        (Some(region), _) => Some(region),
        (None, Some(seen)) => seen,
        (None, None) => listed.await,
    };
    Ok((agent, region))
}

/// Where an agent runs, as the list says, which its details need not.
async fn listed_region(api: &Api, organization: &str, agent: &str) -> Option<String> {
    let agents = optional(api.agents(organization, None)).await?.value;
    let mut agents = agents.into_iter();
    agents
        .find(|one| one.name.as_deref() == Some(agent))?
        .region
}

/// What is wrong with what is wanted, beside what there is.
struct Checks<'a> {
    organization: &'a str,
    wanted: &'a Wanted,
    file: &'a DeployFile,
    problems: Vec<Problem>,
    warnings: Vec<String>,
}

impl Checks<'_> {
    /// Something wrong with a value, told where it was said.
    fn wrong(&mut self, key: &str, source: Source, error: &Error) {
        let message = error.to_string();
        let problem = match source {
            Source::File(place) => self.file.problem(key, place, message),
            _ => Problem::new(message).about(key),
        };
        let hint = error.hints().join("\n");
        self.problems.push(if hint.is_empty() {
            problem
        } else {
            problem.hint(hint)
        });
    }

    fn region(&mut self, regions: &[Region], own: Option<&str>) {
        let Some(named) = &self.wanted.region else {
            return;
        };
        let code = named.value.as_str();
        let Some(region) = regions.iter().find(|region| region.code == code) else {
            let error = unknown_region(self.organization, code, regions);
            return self.wrong("region", named.source, &error);
        };
        if let Some(architecture) = &self.wanted.architecture
            && !region.architectures.is_empty()
            && !region
                .architectures
                .iter()
                .any(|one| one == architecture.value.name())
        {
            let message = format!(
                "the region `{code}` does not run `{}`, but {}",
                architecture.value,
                crate::commands::listed(&region.architectures)
            );
            self.wrong(
                "architecture",
                architecture.source,
                &super::invalid(message),
            );
        }
        if let Some(own) = own.filter(|own| *own != code) {
            self.warnings.push(format!(
                "`{}` runs in `{own}`, and the service might refuse to move it to `{code}`",
                self.wanted.agent
            ));
        }
    }

    fn agent(&mut self, is_there: bool) {
        let Wanted { agent, what, .. } = self.wanted;
        let organization = self.organization;
        if is_there && let What::Git(git) = what {
            let error = super::invalid(format!(
                "`{agent}` exists already, and only a new agent can be created from a repository"
            ));
            let (repo, branch) = (&git.repo_full_name, &git.branch);
            let error = error.hint(format!(
                "link it with `pipecat cloud agent link {agent} --repo {repo} --branch {branch} -o {organization}`, then run `pipecat cloud agent deploy {agent} --github -o {organization}`"
            ));
            self.wrong("git.repo", Source::Option, &error);
        }
        if !is_there && !is_agent_name(agent) {
            let error = super::invalid(format!("`{agent}` is not a valid name for an agent"));
            let error = error.hint(
                "a name has up to 54 of `a` to `z`, `0` to `9` and `-`, and neither begins nor \
                 ends with `-`",
            );
            self.wrong("agent_name", Source::Option, &error);
        }
    }

    fn secret_set(&mut self, set: Set, region: Option<&str>) -> Result<()> {
        let Some(named) = &self.wanted.secret_set else {
            return Ok(());
        };
        let name = named.value.as_str();
        let organization = self.organization;
        match set {
            Ok(Some(set)) => {
                let set = set.value;
                if set.status() == SetStatus::Failed {
                    let why = set.error.map_or_else(String::new, |why| format!(": {why}"));
                    self.warnings.push(format!(
                        "the secret set `{name}` did not reach its region{why}"
                    ));
                }
                self.elsewhere("secret set", name, set.region.as_deref(), region);
                Ok(())
            }
            Ok(None) => {
                let error = super::invalid(format!(
                    "the organization `{organization}` has no secret set `{name}`"
                ));
                let error = error.hint(format!(
                    "create it with `pipecat cloud secrets set {name} --file .env -o {organization}`"
                ));
                self.wrong("secret_set", named.source, &error);
                Ok(())
            }
            Err(error) if error.status() == Some(400) => {
                let error = super::invalid(format!(
                    "`{name}` is most likely an image pull secret, not a secret set"
                ));
                let error = error.hint("give it as `--credentials`, or as `image_credentials`");
                self.wrong("secret_set", named.source, &error);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    fn login(&mut self, sets: &[SecretSet], region: Option<&str>) {
        let Some(named) = &self.wanted.credentials else {
            return;
        };
        let name = named.value.as_str();
        let organization = self.organization;
        let message = match sets.iter().find(|set| set.name == name) {
            Some(set) if set.is_image_pull_secret() => {
                let place = set.region.clone();
                return self.elsewhere("image pull secret", name, place.as_deref(), region);
            }
            Some(_) => format!("`{name}` is a secret set, not an image pull secret"),
            None => format!("the organization `{organization}` has no image pull secret `{name}`"),
        };
        let error = super::invalid(message)
            .hint(format!(
                "list those that there are with `pipecat cloud secrets list -o {organization}`"
            ))
            .hint(format!(
                "create one with `pipecat cloud secrets image-pull-secret NAME HOST -o \
                 {organization}`"
            ));
        self.wrong("image_credentials", named.source, &error);
    }

    /// Says that something lies in another region than the agent.
    fn elsewhere(&mut self, kind: &str, name: &str, place: Option<&str>, region: Option<&str>) {
        if let (Some(place), Some(region)) = (place, region)
            && place != region
        {
            self.warnings.push(format!(
                "the {kind} `{name}` is in `{place}`, and the agent in `{region}`: the service may refuse that"
            ));
        }
    }
}

/// A field as text.
pub(super) fn text(raw: &Value, name: &str) -> Option<String> {
    let text = raw.get(name).and_then(Value::as_str);
    text.filter(|text| !text.is_empty()).map(str::to_owned)
}
