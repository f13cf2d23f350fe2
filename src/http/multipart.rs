//! `multipart/form-data` (RFC 7578): fields of text, and a file that is read as it goes.

use std::fmt::Write as _;
use std::io::{self, Cursor, Read};

use super::Upload;

/// A form.
#[derive(Clone, Default)]
pub struct Form {
    fields: Vec<(String, String)>,
}

/// The part that is a file.
pub struct FormFile<'a> {
    /// The name of its field.
    pub name: &'a str,
    /// The file's name.
    pub file_name: &'a str,
    /// What it is.
    pub content_type: &'a str,
    /// How many bytes it has.
    pub length: u64,
}

/// Shows nothing: the fields may be what lets somebody in.
impl std::fmt::Debug for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Form(..)")
    }
}

impl Form {
    /// The fields in this order, their names and values as they are.
    #[must_use]
    pub fn new(fields: Vec<(String, String)>) -> Self {
        Self { fields }
    }

    /// The form with a file as its last part, which `open` gives to read.
    #[must_use]
    pub fn upload<R: Read + Send + Sync + 'static>(
        &self,
        file: &FormFile,
        open: impl Fn() -> io::Result<R> + 'static,
    ) -> Upload {
        let boundary = self.boundary();
        let mut head = String::new();
        for (name, value) in &self.fields {
            let _ = write!(
                head,
                "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n{value}\r\n",
                escaped(name)
            );
        }
        let _ = write!(
            head,
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\nContent-Type: {}\r\n\r\n",
            escaped(file.name),
            escaped(file.file_name),
            file.content_type,
        );
        let tail = format!("\r\n--{boundary}--\r\n");
        let length = head.len() as u64 + file.length + tail.len() as u64;
        let limit = file.length;
        Upload::new(
            &format!("multipart/form-data; boundary={boundary}"),
            length,
            move || {
                let head = Cursor::new(head.clone().into_bytes());
                let tail = Cursor::new(tail.clone().into_bytes());
                let body = head.chain(open()?.take(limit)).chain(tail);
                Ok(Box::new(body) as Box<dyn Read + Send + Sync>)
            },
        )
    }

    /// A line that stands in no field. 128 random bits stand in no file either.
    fn boundary(&self) -> String {
        loop {
            let boundary = format!("pipecat-{:032x}", fastrand::u128(..));
            let is_free = |(name, value): &(String, String)| {
                !name.contains(&boundary) && !value.contains(&boundary)
            };
            if self.fields.iter().all(is_free) {
                return boundary;
            }
        }
    }
}

/// A name between quotation marks, as browsers write it.
fn escaped(name: &str) -> String {
    name.replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_come_in_order_the_file_last_and_the_length_is_true() {
        let form = Form::new(vec![
            ("key".to_owned(), "a/b".to_owned()),
            ("odd \"name\"".to_owned(), "two\r\nlines".to_owned()),
        ]);
        let file = FormFile {
            name: "file",
            file_name: "context.tar.gz",
            content_type: "application/gzip",
            length: 3,
        };
        // What has grown since is not sent.
        let upload = form.upload(&file, || Ok(Cursor::new(b"abcdef".to_vec())));
        let mut text = String::new();
        let read = upload
            .reader()
            .and_then(|mut reader| reader.read_to_string(&mut text));
        assert_eq!(
            read.ok(),
            Some(usize::try_from(upload.length()).unwrap_or(0))
        );
        let boundary = text.lines().next().unwrap_or_default().to_owned();
        let expected = format!(
            "{boundary}\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\na/b\r\n\
             {boundary}\r\nContent-Disposition: form-data; name=\"odd %22name%22\"\r\n\r\ntwo\r\nlines\r\n\
             {boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"context.tar.gz\"\r\n\
             Content-Type: application/gzip\r\n\r\nabc\r\n{boundary}--\r\n"
        );
        assert_eq!(text, expected);
    }
}
