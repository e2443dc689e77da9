//! The vendored OpenAPI document: finds operations and resolves references.

use std::sync::LazyLock;

use serde_json::Value;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let json = include_str!("../../../spec/backend-api.json");
    serde_json::from_str(json).expect("the vendored document is JSON")
});

/// Returns the operation whose path template matches `path`. If several match, returns the one with the fewest
/// parameters.
pub(crate) fn find_operation(method: &str, path: &[&str]) -> Option<&'static Value> {
    let paths = DOCUMENT["paths"].as_object()?;
    let candidates = paths.iter().filter_map(|(template, item)| {
        let operation = item
            .get(method)
            .filter(|_| matches_template(template, path))?;
        Some((template.matches('{').count(), operation))
    });
    let (_, operation) = candidates.min_by_key(|(parameters, _)| *parameters)?;
    Some(operation)
}

fn matches_template(template: &str, path: &[&str]) -> bool {
    let parts: Vec<&str> = template.split('/').skip(1).collect();
    let matches = |(part, segment): (&&str, &&str)| part.starts_with('{') || part == segment;
    parts.len() == path.len() && parts.iter().zip(path).all(matches)
}

/// Follows `$ref` until it leads to a value that is not a reference.
pub(crate) fn resolve(value: &'static Value) -> &'static Value {
    let target = value["$ref"].as_str().and_then(|it| it.strip_prefix('#'));
    target
        .and_then(|pointer| DOCUMENT.pointer(pointer))
        .map_or(value, resolve)
}
