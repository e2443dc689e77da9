//! Checks the headers that every request has: authorization, API version, accepted type and SDK version.

use http::HeaderMap;

use crate::document::{DOCUMENT, OperationSpec};
use crate::mock_server::SECRET_KEY;

pub(super) fn header_problems(operation: &OperationSpec, headers: &HeaderMap) -> Vec<String> {
    let mut problems = Vec::new();
    let header = |name: &str| headers.get(name).and_then(|it| it.to_str().ok());
    let bearer = format!("Bearer {SECRET_KEY}");
    let version = DOCUMENT.json["info"]["version"].as_str();
    for (name, expected) in [
        ("authorization", operation.requires_key.then_some(&*bearer)),
        ("clerk-api-version", version),
        ("accept", Some("application/json")),
    ] {
        let received = header(name);
        if received != expected {
            problems.push(format!(
                "header {name}: {received:?}, expected {expected:?}"
            ));
        }
    }
    for (name, prefix) in [
        ("user-agent", "clerk/clerk-sdk-rust@"),
        ("x-clerk-sdk", "rust/"),
    ] {
        let received = header(name);
        if !received.is_some_and(|value| value.starts_with(prefix)) {
            problems.push(format!("header {name}: {received:?}, expected {prefix}…"));
        }
    }
    problems
}
