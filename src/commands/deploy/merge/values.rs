//! Options whose text has a form.

use super::super::wanted::{Source, Sourced};
use super::{Merging, given};
use crate::project::values::{Architecture, AudioFilter, Quantity};

/// What options say that is more than text.
pub(super) struct Values {
    pub(super) architecture: Option<Sourced<Architecture>>,
    pub(super) audio_filter: Option<Sourced<AudioFilter>>,
    pub(super) resources: Option<Sourced<(Quantity, Quantity)>>,
}

impl Merging<'_> {
    /// Reads the options whose text has a form.
    pub(super) fn values(&mut self) -> Values {
        let options = self.options;
        let architecture = self.one_of(
            ("architecture", "--architecture"),
            options.architecture.as_ref(),
            Architecture::NAMES,
            Architecture::named,
        );
        let audio_filter = self.one_of(
            ("krisp_viva.audio_filter", "--krisp-viva-audio-filter"),
            options.krisp_viva_audio_filter.as_ref(),
            AudioFilter::NAMES,
            AudioFilter::named,
        );
        let resources = given(options.resources.as_ref()).and_then(|text| {
            let read = quantities(&text.value);
            if read.is_none() {
                let message = format!(
                    "`--resources` must be of the form `cpu=2,memory=4Gi`, not `{}`",
                    text.value
                );
                self.wrong("resources", message);
            }
            read.map(|value| Sourced {
                value,
                source: Source::Option,
            })
        });
        if given(options.profile.as_ref()).is_some() && resources.is_some() {
            self.wrong(
                "resources",
                "`--profile` and `--resources` cannot be used together",
            );
        }
        Values {
            architecture,
            audio_filter,
            resources,
        }
    }

    /// An option that takes one of a closed set.
    fn one_of<T>(
        &mut self,
        (key, option): (&str, &str),
        text: Option<&String>,
        all: &[&str],
        named: impl Fn(&str) -> Option<T>,
    ) -> Option<Sourced<T>> {
        let text = given(text)?;
        let value = named(&text.value);
        if value.is_none() {
            let choices: Vec<String> = all.iter().map(|name| format!("`{name}`")).collect();
            let message = format!(
                "`{option}` must be {}, not `{}`",
                choices.join(" or "),
                text.value
            );
            self.wrong(key, message);
        }
        value.map(|value| Sourced {
            value,
            source: Source::Option,
        })
    }
}

/// `cpu=Q,memory=Q` in any order.
fn quantities(text: &str) -> Option<(Quantity, Quantity)> {
    let (mut cpu, mut memory) = (None, None);
    for part in text.split(',') {
        let (name, value) = part.split_once('=')?;
        let value = Quantity::of_text(value.trim())?;
        let place = match name.trim() {
            "cpu" => &mut cpu,
            "memory" => &mut memory,
            _ => return None,
        };
        if place.replace(value).is_some() {
            return None;
        }
    }
    Some((cpu?, memory?))
}

#[cfg(test)]
mod tests;
