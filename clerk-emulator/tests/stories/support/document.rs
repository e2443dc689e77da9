//! Checks responses against the document, independently of the emulator's own code.

use std::sync::LazyLock;

use jsonschema::Registry;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::StatusCode;
use serde_json::{Map, Value, json};

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let json = include_str!("../../../src/document/backend-api.json");
    serde_json::from_str(json).expect("the document is JSON")
});

static REGISTRY: LazyLock<Registry<'static>> = LazyLock::new(|| {
    let registry = Registry::new().add("urn:document", as_json_schema(&DOCUMENT));
    let registry = registry.and_then(|it| it.prepare());
    registry.expect("the references resolve")
});

/// Returns each way in which a response does not fit the operation's schema.
pub(super) fn violations(
    method: &str,
    path: &str,
    status: StatusCode,
    json: &Value,
) -> Vec<String> {
    let Some((template, operation)) = operation(method, path) else {
        return vec!["the document has no such operation".to_owned()];
    };
    let responses = operation["responses"].as_object().expect("responses");
    let documented = responses.keys().find(|it| it.starts_with('2'));
    let documented = documented.expect("a status of success");
    let expected = match operation["operationId"].as_str() {
        // Clerk's Python SDK accepts no other status.
        Some("createApiKey") => "201",
        _ => documented,
    };
    if expected != status.as_str() {
        return vec![format!("the status is {status}, not {expected:?}")];
    }
    let mut pointer = vec![
        "paths".to_owned(),
        template.to_owned(),
        method.to_lowercase(),
        "responses".to_owned(),
        documented.clone(),
    ];
    let response = &responses[documented];
    if let Some(reference) = response["$ref"].as_str() {
        pointer = reference.split('/').skip(1).map(str::to_owned).collect();
    }
    let response = at(&pointer);
    let Some(media_type) = response["content"]
        .as_object()
        .and_then(|it| it.keys().next())
    else {
        return Vec::new();
    };
    pointer.extend([
        "content".to_owned(),
        media_type.clone(),
        "schema".to_owned(),
    ]);
    let fragment = pointer.iter().map(|segment| {
        let segment = segment.replace('~', "~0").replace('/', "~1");
        utf8_percent_encode(&segment, NON_ALPHANUMERIC)
            .to_string()
            .replace("%7E", "~")
    });
    let fragment: Vec<String> = fragment.collect();
    let schema = json!({ "$ref": format!("urn:document#/{}", fragment.join("/")) });
    let validator = jsonschema::options()
        .with_registry(&REGISTRY)
        .build(&schema);
    let validator = validator.expect("the schema is valid");
    let errors = validator.iter_errors(json);
    errors
        .map(|it| format!("{}: {it}", it.instance_path()))
        .collect()
}

fn at(pointer: &[String]) -> &'static Value {
    pointer
        .iter()
        .fold(&*DOCUMENT, |value, segment| &value[segment])
}

fn operation(method: &str, path: &str) -> Option<(&'static str, &'static Value)> {
    let paths = DOCUMENT["paths"].as_object().expect("paths").iter();
    let method = method.to_lowercase();
    let candidates = paths.filter(|(template, item)| {
        let (parts, segments) = (template.split('/'), path.split('/'));
        item.get(&method).is_some()
            && parts.clone().count() == segments.clone().count()
            && parts
                .zip(segments)
                .all(|(part, segment)| part.starts_with('{') || part == segment)
    });
    let found = candidates.min_by_key(|(template, _)| template.matches('{').count());
    found.map(|(template, item)| (template.as_str(), &item[&method]))
}

fn as_json_schema(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.iter();
            let mut members: Map<String, Value> = members
                .map(|(name, value)| (name.clone(), as_json_schema(value)))
                .collect();
            match members.remove("nullable") {
                Some(Value::Bool(true)) => json!({ "anyOf": [{ "type": "null" }, members] }),
                _ => Value::Object(members),
            }
        }
        Value::Array(items) => Value::Array(items.iter().map(as_json_schema).collect()),
        value => value.clone(),
    }
}
