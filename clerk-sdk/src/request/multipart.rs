//! Multipart forms: files and strings, encoded into plain bytes.
//!
//! They are encoded here, so that a request stays one value that any backend can send, and send again for a retry.

use bytes::{Bytes, BytesMut};

use super::file::File;

/// A params struct that becomes a multipart form.
pub(crate) trait ToForm {
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
        let content_type = format!(
            "\r\nContent-Type: {}",
            without_line_breaks(self.media_type())
        );
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

/// A multipart form: its parts so far.
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

    /// Returns the content type and the body.
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

    /// Returns a boundary that no part contains. The same form gives the same bytes.
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
            .expect("there are more boundaries than any body has bytes")
    }
}

/// Escapes the characters that would end a quoted name, as browsers do.
fn escape(name: &str) -> String {
    name.replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn without_line_breaks(value: &str) -> String {
    value.replace(['\r', '\n'], "")
}

/// Implements [`ToForm`] for a params struct.
macro_rules! form_object {
    ($type:ident { $($field:ident $(= $wire:literal)?),* $(,)? }) => {
        impl $crate::request::ToForm for $type {
            fn append_to(&self, form: &mut $crate::request::Form) {
                $($crate::request::FormValue::append(
                    &self.$field, $crate::wire::wire_name!($field $(= $wire)?), form,
                );)*
            }
        }
    };
}
pub(crate) use form_object;
