//! Forms of the type `multipart/form-data` (RFC 7578), read strictly.

/// A part of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The field's name.
    pub name: String,
    /// The file's name, if it is a file.
    pub filename: Option<String>,
    /// The type of the content, if it is given.
    pub content_type: Option<String>,
    /// The content.
    pub content: Vec<u8>,
}

impl Part {
    /// The content as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.content).into_owned()
    }
}

/// The parts of a form, given the `Content-Type` of the request and its body. The error says what
/// is wrong with it.
pub fn read(content_type: &str, body: &[u8]) -> Result<Vec<Part>, String> {
    let parameters = content_type
        .strip_prefix("multipart/form-data;")
        .ok_or("not multipart/form-data")?;
    let boundary = parameter(parameters, "boundary").ok_or("no boundary")?;
    let delimiter = format!("\r\n--{boundary}");
    let first = &delimiter[2..];
    let mut rest = body
        .strip_prefix(first.as_bytes())
        .ok_or("no boundary at the beginning")?;
    let mut parts = Vec::new();
    while let Some(part) = rest.strip_prefix(b"\r\n") {
        let end = find(part, delimiter.as_bytes()).ok_or("a part without an end")?;
        parts.push(read_part(&part[..end])?);
        rest = &part[end + delimiter.len()..];
    }
    match rest {
        b"--" | b"--\r\n" => Ok(parts),
        _ => Err("no end".to_owned()),
    }
}

fn read_part(part: &[u8]) -> Result<Part, String> {
    let end = find(part, b"\r\n\r\n").ok_or("a part without a content")?;
    let headers = std::str::from_utf8(&part[..end]).map_err(|error| error.to_string())?;
    let header = |wanted: &str| {
        let mut headers = headers
            .split("\r\n")
            .filter_map(|line| line.split_once(':'));
        let found = headers.find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map(|(_, value)| value.trim().to_owned())
    };
    let disposition = header("content-disposition").ok_or("a part without a disposition")?;
    let parameters = disposition
        .strip_prefix("form-data;")
        .ok_or("a part that is no form-data")?;
    Ok(Part {
        name: parameter(parameters, "name").ok_or("a part without a name")?,
        filename: parameter(parameters, "filename"),
        content_type: header("content-type"),
        content: part[end + 4..].to_vec(),
    })
}

/// The value of a parameter, in quotes or not.
fn parameter(parameters: &str, wanted: &str) -> Option<String> {
    let mut parameters = parameters.split(';').filter_map(|one| one.split_once('='));
    let (_, value) = parameters.find(|(name, _)| name.trim() == wanted)?;
    let value = value.trim();
    let unquoted = value
        .strip_prefix('"')
        .and_then(|value| value.strip_suffix('"'));
    Some(unquoted.unwrap_or(value).to_owned())
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len())
        .position(|window| window == wanted)
}
