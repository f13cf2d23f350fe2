//! Lists that come in pages.

use wiremock::ResponseTemplate;

use super::api;
use super::request::Request;

/// How a list is divided into pages by `limit` and `offset`.
#[derive(Clone, Debug)]
pub struct Paging {
    /// How many entries come if no `limit` is sent.
    pub default_limit: usize,
    /// How many entries come at most, whatever `limit` says.
    pub cap: usize,
    /// Whether `offset` counts. To an older service it means nothing: every page is the first.
    pub knows_offset: bool,
    /// Whether the answer says how many entries there are.
    pub tells_total: bool,
    /// Totals are counted no further than this: beyond, they are a lower bound.
    pub counts_to: usize,
}

impl Default for Paging {
    fn default() -> Self {
        Self {
            default_limit: 10,
            cap: 1000,
            knows_offset: true,
            tells_total: true,
            counts_to: 10_000,
        }
    }
}

impl Paging {
    /// Cuts the page that a request asks for out of the list. The error is the answer to a
    /// parameter that is no number, or a limit below 1.
    pub(super) fn page<T>(
        &self,
        request: &Request,
        entries: impl Iterator<Item = T>,
    ) -> Result<Vec<T>, Box<ResponseTemplate>> {
        let parameters = request.parameters();
        let number = |name: &str, least: usize, default: usize| match parameters.get(name) {
            None => Ok(default),
            Some(text) => match text.parse() {
                Ok(number) if number >= least => Ok(number),
                _ => Err(Box::new(api::bad_request(&format!("invalid {name}")))),
            },
        };
        let limit = number("limit", 1, self.default_limit)?.min(self.cap);
        let offset = number("offset", 0, 0)?;
        let skipped = if self.knows_offset { offset } else { 0 };
        Ok(entries.skip(skipped).take(limit).collect())
    }
}
