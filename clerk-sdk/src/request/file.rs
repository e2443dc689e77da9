//! Files to upload.

use std::fmt;
use std::path::Path;

use bytes::Bytes;

/// A file to upload: its bytes, its name, and its media type.
///
/// ```
/// use clerk_sdk::{File, user};
///
/// let image = File::new("me.png", vec![0x89, b'P', b'N', b'G']);
/// let params = user::UpdateProfileImageParams::new(image);
/// ```
#[derive(Clone, Eq, PartialEq)]
#[must_use = "a setter returns the changed value: assign it, or pass it on"]
pub struct File {
    pub(super) name: String,
    content_type: Option<String>,
    pub(super) bytes: Bytes,
}

impl File {
    /// Creates a file from its bytes. The media type follows from the extension of the name: `jpg`, `jpeg`, `png`,
    /// `gif`, `webp` or `svg`; any other file is sent as `application/octet-stream`.
    pub fn new(name: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        Self {
            name: name.into(),
            content_type: None,
            bytes: bytes.into(),
        }
    }

    /// Reads a whole file from disk. The API accepts at most 10 MB.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be read.
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

    pub(super) fn media_type(&self) -> &str {
        if let Some(given) = &self.content_type {
            return given;
        }
        let extension = self
            .name
            .rsplit_once('.')
            .map_or("", |(_, extension)| extension);
        match extension.to_ascii_lowercase().as_str() {
            "jpg" | "jpeg" => "image/jpeg",
            "png" => "image/png",
            "gif" => "image/gif",
            "webp" => "image/webp",
            "svg" => "image/svg+xml",
            _ => "application/octet-stream",
        }
    }
}

/// Shows the name and the size, never the content.
impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("File")
            .field("name", &self.name)
            .field("content_type", &self.media_type())
            .field("len", &self.bytes.len())
            .finish()
    }
}
