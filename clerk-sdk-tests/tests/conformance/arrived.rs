//! What arrived at the server, checked against the document.

use std::collections::BTreeMap;

use bytes::Bytes;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use crate::given::FILE_NAME;
use crate::schemas::violations;
use crate::server::KEY;
use crate::spec::{Described, Parameter, SPEC};

/// Everything about a request that is not as the document says or as the caller gave it.
pub(crate) async fn check(
    operation: &Described,
    given: &Value,
    request: &http::Request<Bytes>,
) -> Vec<String> {
    let mut wrong = Vec::new();
    if request.method().as_str() != operation.method {
        wrong.push(format!(
            "method: {} for {}",
            request.method(),
            operation.method
        ));
    }
    wrong.extend(path(operation, &given["path"], request.uri().path()));
    wrong.extend(query(operation, &given["query"], request.uri().query()));
    wrong.extend(headers(operation, request));
    wrong.extend(match &operation.body {
        None => no_body(request),
        Some(body) if body.content_type == "multipart/form-data" => {
            multipart(&body.schema, &given["body"], request).await
        }
        Some(body) => json_body(&body.content_type, &body.schema, &given["body"], request),
    });
    wrong
}

fn path(operation: &Described, given: &Value, path: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let template: Vec<&str> = operation.path.split('/').collect();
    let segments: Vec<&str> = path
        .strip_prefix("/v1")
        .unwrap_or(path)
        .split('/')
        .collect();
    if template.len() != segments.len() {
        return vec![format!("path: {path} for {}", operation.path)];
    }
    for (expected, segment) in template.into_iter().zip(segments) {
        let name = expected
            .strip_prefix('{')
            .and_then(|it| it.strip_suffix('}'));
        let Some(name) = name else {
            if expected != segment {
                wrong.push(format!("path: `{segment}` for `{expected}` in {path}"));
            }
            continue;
        };
        let value = decoded(segment);
        if given[name] != value {
            wrong.push(format!("path: {name} is {value} for {}", given[name]));
        }
        let parameter = operation.parameters.iter().find(|it| it.name == name);
        let schema = parameter.map(|it| violations(&it.schema, &json!(value)));
        wrong.extend(schema.into_iter().flatten());
    }
    wrong
}

fn query(operation: &Described, given: &Value, query: Option<&str>) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut pairs: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for pair in query
        .unwrap_or_default()
        .split('&')
        .filter(|it| !it.is_empty())
    {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let values = pairs.entry(decoded(name)).or_default();
        values.push(decoded(value));
    }
    let parameters = operation.parameters.iter().filter(|it| it.place == "query");
    for parameter in parameters {
        let values = pairs.remove(&parameter.name);
        let arrived = values.map(|values| query_value(parameter, values));
        match (arrived, given.get(&parameter.name)) {
            (None, None) if parameter.required => {
                wrong.push(format!("query: {} is required", parameter.name));
            }
            (None, None) => {}
            (Some(Ok(arrived)), Some(given)) if arrived == *given => {
                wrong.extend(violations(&parameter.schema, &arrived));
            }
            (arrived, given) => {
                wrong.push(format!(
                    "query: {}: {arrived:?} for {given:?}",
                    parameter.name
                ));
            }
        }
    }
    if !pairs.is_empty() {
        wrong.push(format!("query: the document has no {pairs:?}"));
    }
    wrong
}

/// The values under one name, as the JSON that they stand for.
fn query_value(parameter: &Parameter, mut values: Vec<String>) -> Result<Value, String> {
    let schema = SPEC.at(&SPEC.resolve(&parameter.schema));
    if schema["type"] != "array" {
        return match &*values {
            [value] => scalar(&schema["type"], value),
            _ => Err(format!("several values: {values:?}")),
        };
    }
    if !parameter.explode {
        if values.len() > 1 {
            return Err(format!("repeated, not joined: {values:?}"));
        }
        values = values[0].split(',').map(str::to_owned).collect();
    }
    let items = SPEC.resolve(&format!("{}/items", SPEC.resolve(&parameter.schema)));
    let ty = &SPEC.at(&items)["type"];
    let items: Result<Vec<Value>, String> = values.iter().map(|it| scalar(ty, it)).collect();
    items.map(Value::Array)
}

fn scalar(ty: &Value, text: &str) -> Result<Value, String> {
    let parsed: Value = match ty.as_str() {
        Some("integer" | "number" | "boolean") => {
            serde_json::from_str(text).map_err(|error| format!("{text}: {error}"))?
        }
        _ => json!(text),
    };
    Ok(parsed)
}

fn headers(operation: &Described, request: &http::Request<Bytes>) -> Vec<String> {
    let mut wrong = Vec::new();
    let header = |name: &str| request.headers().get(name).and_then(|it| it.to_str().ok());
    let bearer = format!("Bearer {KEY}");
    let version = SPEC.document["info"]["version"].as_str();
    let expected = [
        ("authorization", operation.needs_key.then_some(&*bearer)),
        ("clerk-api-version", version),
        ("accept", Some("application/json")),
    ];
    for (name, expected) in expected {
        if header(name) != expected {
            wrong.push(format!(
                "header {name}: {:?} for {expected:?}",
                header(name)
            ));
        }
    }
    for (name, start) in [
        ("user-agent", "clerk/clerk-sdk-rust@"),
        ("x-clerk-sdk", "rust/"),
    ] {
        if !header(name).is_some_and(|value| value.starts_with(start)) {
            wrong.push(format!("header {name}: {:?}", header(name)));
        }
    }
    wrong
}

fn no_body(request: &http::Request<Bytes>) -> Vec<String> {
    let has_type = request.headers().contains_key("content-type");
    match request.body().is_empty() && !has_type {
        true => Vec::new(),
        false => vec!["body: the document has none".to_owned()],
    }
}

fn json_body(
    content_type: &str,
    schema: &str,
    given: &Value,
    request: &http::Request<Bytes>,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let sent_type = request.headers().get("content-type");
    if sent_type.is_none_or(|it| it != content_type) {
        wrong.push(format!("content type: {sent_type:?} for {content_type}"));
    }
    match serde_json::from_slice::<Value>(request.body()) {
        Ok(body) => {
            if body != *given {
                wrong.push(format!("body: {body} for {given}"));
            }
            wrong.extend(violations(schema, &body));
        }
        Err(error) => wrong.push(format!("body: {error}")),
    }
    wrong
}

/// The parts as an object of texts, each file standing as its content.
async fn multipart(schema: &str, given: &Value, request: &http::Request<Bytes>) -> Vec<String> {
    let content_type = request.headers().get("content-type");
    let content_type = content_type
        .and_then(|it| it.to_str().ok())
        .unwrap_or_default();
    let Ok(boundary) = multer::parse_boundary(content_type) else {
        return vec![format!(
            "content type: {content_type} for multipart/form-data"
        )];
    };
    let body = request.body().clone();
    let stream = futures_util::stream::once(async { Ok::<_, std::io::Error>(body) });
    let mut form = multer::Multipart::new(stream, boundary);
    let mut wrong = Vec::new();
    let mut parts = Map::new();
    while let Some(part) = form.next_field().await.expect("the form is whole") {
        let name = part.name().expect("a part has a name").to_owned();
        let is_file = SPEC.at(&format!("{schema}/properties/{name}"))["format"] == "binary";
        let media_type = part.content_type().map(ToString::to_string);
        let expected = is_file.then_some((FILE_NAME, "image/png"));
        let arrived = part.file_name().zip(media_type.as_deref());
        if arrived != expected {
            wrong.push(format!("part {name}: {arrived:?} for {expected:?}"));
        }
        let content = part.text().await.expect("a part is text here");
        parts.insert(name, Value::String(content));
    }
    let parts = Value::Object(parts);
    if parts != *given {
        wrong.push(format!("parts: {parts} for {given}"));
    }
    wrong.extend(violations(schema, &parts));
    wrong
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}
