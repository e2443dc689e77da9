//! A request as it arrived, and the parts of it that handlers ask for.

use axum::body::{Body, Bytes};
use axum::extract::multipart::MultipartError;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart};
use axum::http::{HeaderMap, Request};
use serde_json::{Map, Value};

use crate::answer::Failure;
use crate::fields::{Field, check};

/// The largest file the API takes.
const MOST_FILE_BYTES: usize = 10 * 1024 * 1024;

/// A request that the emulator received.
#[derive(Clone, Debug)]
pub struct RecordedRequest {
    /// `GET`, `POST`, …
    pub method: String,
    /// The path as it was on the wire, still escaped.
    pub path: String,
    /// The query as it was on the wire, without the question mark.
    pub query: Option<String>,
    /// Its headers.
    pub headers: HeaderMap,
    /// The bytes of its body.
    pub body: Bytes,
}

/// A file that was uploaded.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The path it was sent to.
    pub path: String,
    /// The name of its part.
    pub field: String,
    /// Its own name.
    pub file_name: String,
    /// Its media type.
    pub content_type: String,
    /// Its content.
    pub bytes: Bytes,
    /// The form's other parts, names and texts.
    pub fields: Vec<(String, String)>,
}

impl RecordedRequest {
    /// The segments of the path after `/v1`, unescaped one by one.
    pub(crate) fn segments(&self) -> Option<Vec<String>> {
        let path = self.path.strip_prefix("/v1/")?;
        path.split('/').map(unescape).collect()
    }

    /// Every value of a query parameter, in order.
    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        let query = self.query.as_deref().unwrap_or_default();
        query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .filter(|(key, _)| unescape(key).as_deref() == Some(name))
            .filter_map(|(_, value)| unescape(&value.replace('+', " ")))
            .collect()
    }

    /// The first value of a query parameter.
    pub(crate) fn one(&self, name: &str) -> Option<String> {
        self.all(name).into_iter().next()
    }

    /// The body as an object of these fields.
    pub(crate) fn object(&self, fields: &[Field]) -> Result<Map<String, Value>, Failure> {
        match self.json()? {
            Value::Object(object) => check(&object, fields).map(|()| object),
            _ => Err(invalid("the body is not an object")),
        }
    }

    /// The body as a list of objects of these fields.
    pub(crate) fn objects(&self, fields: &[Field]) -> Result<Vec<Map<String, Value>>, Failure> {
        let Value::Array(items) = self.json()? else {
            return Err(invalid("the body is not a list"));
        };
        let objects = items.into_iter().map(|item| match item {
            Value::Object(object) => check(&object, fields).map(|()| object),
            _ => Err(invalid("an item of the body is not an object")),
        });
        objects.collect()
    }

    fn json(&self) -> Result<Value, Failure> {
        let kind = self.headers.get("content-type");
        let kind = kind.and_then(|it| it.to_str().ok()).unwrap_or_default();
        if kind.split(';').next().map(str::trim) != Some("application/json") {
            let message = "the body is not sent as application/json";
            return Err(Failure::new(415, "unsupported_content_type", message));
        }
        serde_json::from_slice(&self.body).map_err(|error| invalid(error.to_string()))
    }

    /// The file of a form, with what it was sent as and with.
    pub(crate) async fn upload(&self) -> Result<Upload, Failure> {
        let mut request = Request::new(Body::from(self.body.clone()));
        *request.headers_mut() = self.headers.clone();
        // This limits the body for the form alone; the whole request has been read.
        DefaultBodyLimit::disable().apply(&mut request);
        let form = Multipart::from_request(request, &()).await;
        let mut form = form.map_err(|error| invalid(error.body_text()))?;
        let mut file = None;
        let mut fields = Vec::new();
        while let Some(part) = form.next_field().await.map_err(unreadable)? {
            let field = part.name().unwrap_or_default().to_owned();
            if field != "file" {
                fields.push((field, part.text().await.map_err(unreadable)?));
                continue;
            }
            file = Some(Upload {
                path: self.path.clone(),
                field,
                file_name: part.file_name().unwrap_or_default().to_owned(),
                content_type: part.content_type().unwrap_or_default().to_owned(),
                bytes: part.bytes().await.map_err(unreadable)?,
                fields: Vec::new(),
            });
        }
        let missing = || Failure::param("form_param_missing", "file", "there is no file");
        let mut file = file.ok_or_else(missing)?;
        if file.bytes.len() > MOST_FILE_BYTES {
            return Err(Failure::new(
                413,
                "request_too_large",
                "the file is too long",
            ));
        }
        file.fields = fields;
        Ok(file)
    }
}

fn invalid(message: impl Into<String>) -> Failure {
    Failure::new(400, "request_body_invalid", message)
}

fn unreadable(error: MultipartError) -> Failure {
    invalid(error.body_text())
}

fn unescape(text: &str) -> Option<String> {
    let decoded = percent_encoding::percent_decode_str(text)
        .decode_utf8()
        .ok()?;
    Some(decoded.into_owned())
}
