//! File uploads: the file and the other fields of a multipart form.

use axum::body::{Body, Bytes};
use axum::extract::multipart::MultipartError;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart};
use axum::http::Request;

use crate::http::request::RecordedRequest;
use crate::http::response::ErrorResponse;

/// The size of the largest file that the API accepts.
const MAX_FILE_BYTES: usize = 10 * 1024 * 1024;

/// A file that was uploaded.
#[derive(Clone, Debug)]
pub struct UploadedFile {
    /// The path of the request.
    pub path: String,
    /// The name of the form field that holds the file.
    pub field: String,
    /// The name of the file.
    pub file_name: String,
    /// The media type of the file.
    pub content_type: String,
    /// The content of the file.
    pub bytes: Bytes,
    /// The names and values of the form's other fields.
    pub fields: Vec<(String, String)>,
}

/// Reads the file and the other fields of a multipart request.
pub(crate) async fn read_file(request: &RecordedRequest) -> Result<UploadedFile, ErrorResponse> {
    let mut form = multipart_form(request).await?;
    let mut file = None;
    let mut fields = Vec::new();
    while let Some(part) = form.next_field().await.map_err(malformed)? {
        let field = part.name().unwrap_or_default().to_owned();
        if field != "file" {
            fields.push((field, part.text().await.map_err(malformed)?));
            continue;
        }
        file = Some(UploadedFile {
            path: request.path.clone(),
            field,
            file_name: part.file_name().unwrap_or_default().to_owned(),
            content_type: part.content_type().unwrap_or_default().to_owned(),
            bytes: part.bytes().await.map_err(malformed)?,
            fields: Vec::new(),
        });
    }
    let missing = || {
        let message = "The form has no part named \"file\".";
        ErrorResponse::new(400, "form_param_missing", message).with_param("file")
    };
    let mut file = file.ok_or_else(missing)?;
    if file.bytes.len() > MAX_FILE_BYTES {
        let message = "The file is larger than 10 MB.";
        return Err(ErrorResponse::new(413, "image_too_large", message));
    }
    file.fields = fields;
    Ok(file)
}

async fn multipart_form(request: &RecordedRequest) -> Result<Multipart, ErrorResponse> {
    let mut form = Request::new(Body::from(request.body.clone()));
    *form.headers_mut() = request.headers.clone();
    // axum's default limit would apply to the form, whose length has been checked already.
    DefaultBodyLimit::disable().apply(&mut form);
    let form = Multipart::from_request(form, &()).await;
    form.map_err(|error| ErrorResponse::invalid_body(error.body_text()))
}

fn malformed(error: MultipartError) -> ErrorResponse {
    ErrorResponse::invalid_body(error.body_text())
}
