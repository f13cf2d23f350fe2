//! `pipecat cloud api`: a request of one's own.

mod fields;
mod pages;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Cursor, Read};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use reqwest::Method;
use serde_json::{Value, json};

use self::fields::{Field, Fields};
use super::{InOrganization, Run, input, invalid};
use crate::api::Target;
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::http::{Body, Response, Upload};
use crate::output::{Note, Report, View};

/// No request is larger, in bytes.
const MOST: u64 = 16 << 20;

const EXAMPLES: &str = "\
Examples:
  pipecat cloud api GET /v1/organizations/{org}/services
  pipecat cloud api GET /v1/organizations/{org}/services/my-bot/sessions --paginate
  pipecat cloud api PATCH /v1/organizations/{org}/properties --raw-field defaultRegion=us-west
  pipecat cloud api POST /v1/organizations/{org}/agent-profiles --input profile.json

Exit status: 0 the service did it; 1 it refused, or could not be reached";

/// Send a request of your own to the service
///
/// It uses the sign-in in force, which is renewed if necessary, and goes only to the service's own
/// host. The answer is printed as it was sent. Fields become the query of a GET, and the JSON object
/// that anything else sends.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// GET, POST, PUT, PATCH or DELETE
    #[arg(value_parser = method(), ignore_case = true, hide_possible_values = true)]
    method: Method,

    /// The path, percent-encoded where it has to be. `{org}` stands for the organization in force
    path: String,

    /// A field: `true`, `false`, `null` and whole numbers are what they look like, `@PATH` is what
    /// that file holds (`@-` standard input), all else is text. `a[b]` is a field of a field,
    /// `a[]` one more entry of a list
    #[arg(short = 'F', long, value_name = "KEY=VALUE")]
    field: Vec<Field>,

    /// A field that is text, whatever it looks like
    #[arg(short = 'f', long, value_name = "KEY=VALUE")]
    raw_field: Vec<Field>,

    /// What to send: JSON from a file, or from standard input for -. Fields then go into the query
    #[arg(long, value_name = "PATH")]
    input: Option<String>,

    /// Ask again, with `limit` and `offset`, until the list is complete
    #[arg(long)]
    paginate: bool,

    /// Print the status and the headers of the answer first
    #[arg(short = 'i', long, conflicts_with = "paginate")]
    include: bool,

    /// Print nothing of the answer
    #[arg(long)]
    silent: bool,

    #[command(flatten)]
    organization: InOrganization,
}

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

fn method() -> impl TypedValueParser<Value = Method> {
    let known = PossibleValuesParser::new(METHODS);
    known.try_map(|name| Method::from_bytes(name.to_ascii_uppercase().as_bytes()))
}

impl Run for Args {
    async fn run(self, context: &Context) -> Result<Box<dyn Report>> {
        self.check()?;
        let target = self.target(context).await?;
        let fields = Fields::read(context, &self.raw_field, &self.field).await?;
        let body = match &self.input {
            Some(path) => Some(self::body(context, path).await?),
            None => None,
        };
        let _progress = context.printer.progress("asking the service");
        let api = context.api()?;
        let nowhere = |error: Error| match error.code() {
            Code::NotFound if !target.has_version() => {
                error.hint("the paths of the service begin with `/v1/`")
            }
            _ => error,
        };
        if self.paginate {
            let whole = pages::whole(api, &target, fields.query()).await;
            let (value, note) = whole.map_err(nowhere)?;
            return Ok(Box::new(Answer {
                text: None,
                value,
                head: None,
                note,
                is_silent: self.silent,
            }));
        }
        let (query, body) = match body {
            Some(body) => (fields.query(), body),
            None if self.method == Method::GET => (fields.query(), Body::None),
            None => (Vec::new(), fields.body()),
        };
        let query: Vec<(&str, &str)> = query
            .iter()
            .map(|(key, value)| (&**key, &**value))
            .collect();
        let response = api.raw(self.method, &target, &query, body).await;
        let response = response.map_err(nowhere)?;
        Ok(Box::new(Answer {
            head: self.include.then(|| Head::of(&response)),
            is_silent: self.silent,
            ..Answer::of(&response)?
        }))
    }
}

impl Args {
    /// What can be refused before anything is read or asked.
    fn check(&self) -> Result<()> {
        let usage = |message: &str| Err(Error::new(Code::Usage, message));
        let is_get = self.method == Method::GET;
        if self.paginate && !is_get {
            return usage("only a GET can be read page by page");
        }
        if self.input.is_some() && is_get {
            return usage("a GET sends nothing: leave `--input` out, or name another method");
        }
        let from_stdin = self.field.iter().filter(|field| field.is_stdin()).count()
            + usize::from(self.input.as_deref() == Some("-"));
        if from_stdin > 1 {
            return usage("standard input can be read only once");
        }
        Ok(())
    }

    async fn target(&self, context: &Context) -> Result<Target> {
        let organization = if Target::wants_organization(&self.path) {
            // Whatever else is wrong with it is wrong before anybody is asked.
            Target::read(&self.path, "organization")?;
            context.organization().await?.value
        } else {
            String::new()
        };
        Target::read(&self.path, &organization)
    }
}

/// What a file holds, or standard input.
async fn contents(context: &Context, path: &str) -> Result<Vec<u8>> {
    if path == "-" {
        return input::stdin(context, "standard input", MOST).await;
    }
    let file = path.to_owned();
    input::read(context, &format!("`{path}`"), MOST, || File::open(file)).await
}

/// The JSON of a file, byte for byte.
async fn body(context: &Context, path: &str) -> Result<Body> {
    let bytes = contents(context, path).await?;
    serde_json::from_slice::<serde::de::IgnoredAny>(&bytes)
        .map_err(|error| invalid("the input from `--input` is not JSON").because(error))?;
    let length = bytes.len() as u64;
    let open = move || -> io::Result<Box<dyn Read + Send + Sync>> {
        Ok(Box::new(Cursor::new(bytes.clone())))
    };
    Ok(Body::Upload(Upload::new("application/json", length, open)))
}

/// What the service answered.
#[derive(Default)]
struct Answer {
    /// As it came, where it came at once.
    text: Option<String>,
    value: Value,
    head: Option<Head>,
    note: Option<Note>,
    is_silent: bool,
}

impl Answer {
    fn of(response: &Response) -> Result<Self> {
        if response.is_page() {
            return Err(response.nonsense(anyhow::anyhow!("a page")));
        }
        let text = String::from_utf8_lossy(&response.body).into_owned();
        let value = match response.value() {
            Ok(value) => value,
            // Nothing, or something that is no JSON and was asked for by name.
            Err(_) if text.trim().is_empty() => Value::Null,
            Err(_) => json!(text),
        };
        Ok(Self {
            text: Some(text),
            value,
            ..Self::default()
        })
    }

    fn shown(&self, body: String) -> View {
        if self.is_silent {
            return View::Raw(String::new());
        }
        let mut text = body;
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        match &self.head {
            Some(head) => View::Raw(format!("{}\n{text}", head.lines())),
            None => View::Raw(text),
        }
    }
}

impl Report for Answer {
    fn json(&self) -> Value {
        match &self.head {
            _ if self.is_silent => Value::Null,
            Some(head) => json!({
                "status": head.status,
                "headers": head.headers.iter().cloned().collect::<BTreeMap<_, _>>(),
                "body": self.value,
            }),
            None => self.value.clone(),
        }
    }

    fn plain(&self) -> View {
        self.shown(match &self.text {
            Some(text) => text.clone(),
            None => self.value.to_string(),
        })
    }

    fn rich(&self) -> View {
        self.shown(match (&self.value, &self.text) {
            (Value::Object(_) | Value::Array(_), _) => format!("{:#}", self.value),
            (_, Some(text)) => text.clone(),
            (value, None) => value.to_string(),
        })
    }

    fn notes(&self) -> Vec<Note> {
        self.note.clone().into_iter().collect()
    }
}

/// Its status and headers.
struct Head {
    status: u16,
    reason: &'static str,
    headers: Vec<(String, String)>,
}

impl Head {
    fn of(response: &Response) -> Self {
        let headers = response.headers.iter().map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            (name.as_str().to_owned(), value.into_owned())
        });
        Self {
            status: response.status.as_u16(),
            reason: response.status.canonical_reason().unwrap_or_default(),
            headers: headers.collect(),
        }
    }

    fn lines(&self) -> String {
        let headers = self.headers.iter();
        let headers: Vec<String> = headers
            .map(|(name, value)| format!("{name}: {value}\n"))
            .collect();
        format!("HTTP {} {}\n{}", self.status, self.reason, headers.concat())
    }
}
