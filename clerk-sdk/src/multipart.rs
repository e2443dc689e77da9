//! Uploads: a form whose parts are files and texts, encoded into plain bytes.
//!
//! Encoded here so that a request stays one value that any backend can send and send again.

use std::fmt;
use std::path::Path;

use bytes::{Bytes, BytesMut};

/// A file to upload: its bytes, its name, and its media type.
///
/// ```
/// use clerk_sdk::{File, user};
///
/// let image = File::new("me.png", vec![0x89, b'P', b'N', b'G']);
/// let params = user::UpdateProfileImageParams::new(image);
/// ```
#[derive(Clone, Default, Eq, PartialEq)]
pub struct File {
    name: String,
    content_type: Option<String>,
    bytes: Bytes,
}

impl File {
    /// A file from bytes. The media type is taken from the name's ending: `jpg`, `jpeg`, `png`, `gif`,
    /// `webp` or `svg`; any other is sent as `application/octet-stream`.
    pub fn new(name: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        Self {
            name: name.into(),
            content_type: None,
            bytes: bytes.into(),
        }
    }

    /// Reads a file from disk, whole: the API takes at most 10 MB.
    ///
    /// # Errors
    ///
    /// Those of reading the file.
    pub async fn from_path(path: impl AsRef<Path>) -> std::io::Result<Self> {
        let path = path.as_ref();
        let bytes = tokio::fs::read(path).await?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Ok(Self::new(name, bytes))
    }

    /// Sets the media type, such as `image/png`.
    pub fn content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Some(content_type.into());
        self
    }

    fn media_type(&self) -> &str {
        if let Some(given) = &self.content_type {
            return given;
        }
        let ending = self.name.rsplit_once('.').map_or("", |(_, ending)| ending);
        match ending.to_ascii_lowercase().as_str() {
            "jpg" | "jpeg" => "image/jpeg",
            "png" => "image/png",
            "gif" => "image/gif",
            "webp" => "image/webp",
            "svg" => "image/svg+xml",
            _ => "application/octet-stream",
        }
    }
}

/// Shows the name and the size, not the content.
impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("File")
            .field("name", &self.name)
            .field("content_type", &self.media_type())
            .field("len", &self.bytes.len())
            .finish()
    }
}

/// A params struct that becomes a form.
pub(crate) trait Multipart {
    /// Appends every part that is set.
    fn append_to(&self, form: &mut Form);
}

/// A value in a form.
pub(crate) trait FormValue {
    /// Appends this value as the part `name`.
    fn append(&self, name: &str, form: &mut Form);
}

impl FormValue for File {
    fn append(&self, name: &str, form: &mut Form) {
        let disposition = format!("; filename=\"{}\"", escape(&self.name));
        let content_type = format!("\r\nContent-Type: {}", one_line(self.media_type()));
        form.part(name, &(disposition + &content_type), &self.bytes);
    }
}

impl FormValue for String {
    fn append(&self, name: &str, form: &mut Form) {
        form.part(name, "", self.as_bytes());
    }
}

impl<T: FormValue> FormValue for Option<T> {
    fn append(&self, name: &str, form: &mut Form) {
        if let Some(value) = self {
            value.append(name, form);
        }
    }
}

/// A form in the making.
pub(crate) struct Form {
    parts: Vec<(String, Bytes)>,
}

impl Form {
    pub(crate) fn new() -> Self {
        Self { parts: Vec::new() }
    }

    fn part(&mut self, name: &str, extra: &str, content: &[u8]) {
        let head = format!(
            "Content-Disposition: form-data; name=\"{}\"{extra}\r\n\r\n",
            escape(name)
        );
        self.parts.push((head, Bytes::copy_from_slice(content)));
    }

    /// The content type and the body.
    pub(crate) fn finish(self) -> (String, Bytes) {
        let boundary = self.boundary();
        let mut body = BytesMut::new();
        for (head, content) in &self.parts {
            body.extend_from_slice(format!("--{boundary}\r\n{head}").as_bytes());
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        let content_type = format!("multipart/form-data; boundary={boundary}");
        (content_type, body.freeze())
    }

    /// A line that no part contains, so that none can end early. The same form gives the same bytes.
    fn boundary(&self) -> String {
        let taken = |boundary: &str| {
            self.parts.iter().any(|(_, content)| {
                content
                    .windows(boundary.len())
                    .any(|window| window == boundary.as_bytes())
            })
        };
        (0u64..)
            .map(|attempt| format!("clerk-sdk-{attempt:016x}"))
            .find(|boundary| !taken(boundary))
            .expect("a body is shorter than the number of boundaries")
    }
}

/// Escapes what would end a quoted name, as browsers do.
fn escape(name: &str) -> String {
    name.replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn one_line(text: &str) -> String {
    text.replace(['\r', '\n'], "")
}

/// Gives a params struct its form.
macro_rules! form_object {
    ($type:ident { $($field:ident $(= $wire:literal)?),* $(,)? }) => {
        impl $crate::multipart::Multipart for $type {
            fn append_to(&self, form: &mut $crate::multipart::Form) {
                $($crate::multipart::FormValue::append(
                    &self.$field, $crate::wire::wire_name!($field $(= $wire)?), form,
                );)*
            }
        }
    };
}
pub(crate) use form_object;
