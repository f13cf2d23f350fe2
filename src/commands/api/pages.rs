//! A list that comes in pages, asked for with `limit` and `offset`.

use reqwest::Method;
use serde_json::Value;

use crate::api::{Api, Target};
use crate::error::Result;
use crate::http::Body;
use crate::output::Note;

/// No more pages are asked for.
const MOST_PAGES: usize = 10;

/// How much is asked for at once where nobody says.
const LIMIT: usize = 100;

/// The answer with all of its list, and a word about it where that is not so.
pub(super) async fn whole(
    api: &Api,
    target: &Target,
    mut query: Vec<(String, String)>,
) -> Result<(Value, Option<Note>)> {
    if !query.iter().any(|(key, _)| key == "limit") && !target.asks_for("limit") {
        query.push(("limit".to_owned(), LIMIT.to_string()));
    }
    let mut answer = Value::Null;
    let mut count = 0;
    for page in 0..MOST_PAGES {
        let offset = count.to_string();
        let mut pairs: Vec<(&str, &str)> = query
            .iter()
            .map(|(key, value)| (&**key, &**value))
            .collect();
        if page > 0 {
            pairs.push(("offset", &offset));
        }
        let mut next = api
            .raw(Method::GET, target, &pairs, Body::None)
            .await?
            .value()?;
        if page == 0 {
            answer = next;
            let Some(list) = list(&mut answer) else {
                let what = "the answer is not a list; it is printed as it came";
                return Ok((answer, Some(Note::Warning(what.to_owned()))));
            };
            count = list.len();
        } else {
            let came = list(&mut next).map(std::mem::take).unwrap_or_default();
            let known = count;
            if let Some(all) = list(&mut answer) {
                append(all, came);
                count = all.len();
            }
            if count == known {
                break;
            }
        }
        // Without a total, nobody knows but by asking on.
        if count == 0 || total(&answer).is_some_and(|total| count as u64 >= total) {
            return Ok((answer, None));
        }
    }
    let note = match total(&answer) {
        Some(total) => Some(format!("only {count} of {total} could be fetched")),
        None if count >= LIMIT * MOST_PAGES => {
            Some(format!("these are the first {count}; there may be more"))
        }
        None => None,
    };
    Ok((answer, note.map(Note::Warning)))
}

/// The list that an answer is, or the only one that it has.
fn list(answer: &mut Value) -> Option<&mut Vec<Value>> {
    match answer {
        Value::Array(list) => Some(list),
        Value::Object(fields) => {
            let mut lists = fields.values_mut().filter_map(Value::as_array_mut);
            let first = lists.next();
            first.filter(|_| lists.next().is_none())
        }
        _ => None,
    }
}

/// How many there are, as far as the service tells: `total_count`, `total`, or `total.value`.
fn total(answer: &Value) -> Option<u64> {
    let total = answer.get("total_count").or_else(|| answer.get("total"))?;
    total.as_u64().or_else(|| total.get("value")?.as_u64())
}

/// Adds a page. What came meanwhile has pushed the rest down, so that the page may begin with what
/// is there already: that is left out.
fn append(all: &mut Vec<Value>, page: Vec<Value>) {
    let most = page.len().min(all.len());
    let known = (0..=most).rev();
    let known = known
        .into_iter()
        .find(|&length| all[all.len() - length..] == page[..length]);
    all.extend(page.into_iter().skip(known.unwrap_or_default()));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_page_that_begins_with_what_is_there_adds_the_rest() {
        for (page, all) in [
            (json!([4, 5]), json!([1, 2, 3, 4, 5])),
            (json!([3, 4]), json!([1, 2, 3, 4])),
            (json!([2, 3]), json!([1, 2, 3])),
            (json!([]), json!([1, 2, 3])),
        ] {
            let mut known = vec![json!(1), json!(2), json!(3)];
            append(&mut known, page.as_array().cloned().unwrap_or_default());
            assert_eq!(Value::Array(known), all);
        }
    }
}
