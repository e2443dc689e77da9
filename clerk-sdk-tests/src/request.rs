//! A request as it arrived, and the parts of it that handlers ask for.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Multipart};
use axum::http::{HeaderMap, Request};
use serde_json::{Map, Value};

use crate::answer::Failure;

/// A request that the stand-in received.
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

    /// The body as an object; an empty body is an empty object.
    pub(crate) fn object(&self) -> Result<Map<String, Value>, Failure> {
        if self.body.is_empty() {
            return Ok(Map::new());
        }
        match serde_json::from_slice(&self.body) {
            Ok(Value::Object(object)) => Ok(object),
            _ => Err(Failure::new(
                400,
                "request_body_invalid",
                "the body is not a JSON object",
            )),
        }
    }

    /// The file of a form, with what it was sent as.
    pub(crate) async fn upload(&self) -> Result<Upload, Failure> {
        let invalid = |what: String| Failure::new(400, "request_body_invalid", what);
        let mut request = Request::new(Body::from(self.body.clone()));
        *request.headers_mut() = self.headers.clone();
        let mut form = Multipart::from_request(request, &())
            .await
            .map_err(|error| invalid(error.body_text()))?;
        while let Some(part) = form
            .next_field()
            .await
            .map_err(|error| invalid(error.body_text()))?
        {
            if part.name() != Some("file") {
                continue;
            }
            let file_name = part.file_name().unwrap_or_default().to_owned();
            let content_type = part.content_type().unwrap_or_default().to_owned();
            let bytes = part
                .bytes()
                .await
                .map_err(|error| invalid(error.body_text()))?;
            return Ok(Upload {
                path: self.path.clone(),
                field: "file".to_owned(),
                file_name,
                content_type,
                bytes,
            });
        }
        Err(Failure::param(
            "form_param_missing",
            "file",
            "there is no file",
        ))
    }
}

fn unescape(text: &str) -> Option<String> {
    let decoded = percent_encoding::percent_decode_str(text)
        .decode_utf8()
        .ok()?;
    Some(decoded.into_owned())
}
