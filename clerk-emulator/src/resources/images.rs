//! Uploaded images: what is accepted, and the URLs under which they would be served.

use crate::http::multipart::UploadedFile;
use crate::http::response::ErrorResponse;
use crate::store::instance::Instance;

/// The media types of images, with the bytes that such files begin with.
const FORMATS: [(&str, &[u8]); 4] = [
    ("image/jpeg", &[0xff, 0xd8, 0xff]),
    ("image/png", b"\x89PNG\r\n\x1a\n"),
    ("image/gif", b"GIF8"),
    ("image/webp", b"RIFF"),
];

/// Checks that an upload is an image.
pub(crate) fn check(upload: Option<&UploadedFile>) -> Result<(), ErrorResponse> {
    let is_image = upload.is_some_and(|file| {
        FORMATS.iter().any(|(media_type, beginning)| {
            file.content_type == *media_type && file.bytes.starts_with(beginning)
        })
    });
    match is_image {
        true => Ok(()),
        false => Err(ErrorResponse::invalid_body(
            "The file must be a JPEG, PNG, GIF or WebP image of its media type.",
        )),
    }
}

/// Returns the URL of a newly uploaded image.
pub(crate) fn new_url(instance: &mut Instance) -> String {
    let now = instance.now();
    format!("https://img.clerk.com/{}", instance.ids.id("img", now))
}

/// Returns the URL of the image that is generated for an object without one.
pub(crate) fn generated_url(id: &str) -> String {
    format!("https://img.clerk.com/default/{id}")
}
