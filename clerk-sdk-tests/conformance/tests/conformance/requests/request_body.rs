//! Checks the body of a request: JSON, multipart form data, or none.

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::document::{BodySpec, DOCUMENT, schema_violations};
use crate::dynamic_calls::UPLOAD_FILE_NAME;

pub(super) async fn body_problems(
    body: Option<&BodySpec>,
    argument: &Value,
    request: &http::Request<Bytes>,
) -> Vec<String> {
    match body {
        None => problems_without_body(request),
        Some(body) if body.content_type == "multipart/form-data" => {
            multipart_problems(&body.schema, argument, request).await
        }
        Some(body) => json_problems(body, argument, request),
    }
}

fn problems_without_body(request: &http::Request<Bytes>) -> Vec<String> {
    let has_type = request.headers().contains_key("content-type");
    match request.body().is_empty() && !has_type {
        true => Vec::new(),
        false => vec!["body: the operation has none in the document".to_owned()],
    }
}

fn json_problems(body: &BodySpec, argument: &Value, request: &http::Request<Bytes>) -> Vec<String> {
    let mut problems = Vec::new();
    let expected = &body.content_type;
    let content_type = request.headers().get("content-type");
    if content_type.is_none_or(|it| it != expected) {
        problems.push(format!(
            "content type: {content_type:?}, expected {expected}"
        ));
    }
    match serde_json::from_slice::<Value>(request.body()) {
        Ok(received) => {
            if received != *argument {
                problems.push(format!("body: {received}, expected {argument}"));
            }
            problems.extend(schema_violations(&body.schema, &received));
        }
        Err(error) => problems.push(format!("body: {error}")),
    }
    problems
}

/// Compares the parts with an object of strings, in which the content of a file is a string as well.
async fn multipart_problems(
    schema: &str,
    argument: &Value,
    request: &http::Request<Bytes>,
) -> Vec<String> {
    let content_type = request.headers().get("content-type");
    let content_type = content_type
        .and_then(|it| it.to_str().ok())
        .unwrap_or_default();
    let Ok(boundary) = multer::parse_boundary(content_type) else {
        return vec![format!(
            "content type: {content_type}, expected multipart/form-data"
        )];
    };
    let body = request.body().clone();
    let stream = futures_util::stream::once(async { Ok::<_, std::io::Error>(body) });
    let mut form = multer::Multipart::new(stream, boundary);
    let mut problems = Vec::new();
    let mut parts = Map::new();
    while let Some(part) = form.next_field().await.expect("the form is complete") {
        let name = part.name().expect("a part has a name").to_owned();
        let is_file = DOCUMENT.at(&format!("{schema}/properties/{name}"))["format"] == "binary";
        let media_type = part.content_type().map(ToString::to_string);
        let expected = is_file.then_some((UPLOAD_FILE_NAME, "image/png"));
        let received = part.file_name().zip(media_type.as_deref());
        if received != expected {
            problems.push(format!("part {name}: {received:?}, expected {expected:?}"));
        }
        let content = part.text().await.expect("the part is a string");
        parts.insert(name, Value::String(content));
    }
    let parts = Value::Object(parts);
    if parts != *argument {
        problems.push(format!("parts: {parts}, expected {argument}"));
    }
    problems.extend(schema_violations(schema, &parts));
    problems
}
