//! Finds the mistakes of a document that would otherwise stop the emulator when a request needs that part of it.

use serde_json::Value;

/// References that follow each other. More are a cycle.
const MAX_REFERENCES: usize = 100;

/// Returns what is wrong with a document, and where.
pub(super) fn find_mistake(root: &Value) -> Option<String> {
    let version = root["openapi"].as_str();
    match version {
        Some(version) if version.starts_with("3.") => {}
        Some(version) => return Some(format!("\"openapi\" must be 3, and not {version:?}")),
        None => return Some("it is not an OpenAPI document: \"openapi\" is missing".to_owned()),
    }
    // Each response has the version in a header.
    let version = root["info"]["version"].as_str().unwrap_or_default();
    let is_plain = |it: u8| it.is_ascii_alphanumeric() || b".-_".contains(&it);
    if version.is_empty() || !version.bytes().all(is_plain) {
        return Some(format!(
            "\"info.version\" must be a version, and not {version:?}"
        ));
    }
    let paths = root["paths"].as_object();
    if paths.is_none_or(|it| it.values().all(|path| !path.is_object())) {
        return Some("\"paths\" has no operation".to_owned());
    }
    find_bad_reference(root, root, &mut Vec::new())
}

/// Finds a reference that leads nowhere, or back to itself.
fn find_bad_reference<'d>(
    root: &'d Value,
    value: &'d Value,
    place: &mut Vec<String>,
) -> Option<String> {
    if let Some(reference) = value["$ref"].as_str() {
        let fault = match target(root, reference) {
            None => "leads nowhere",
            Some(target) if !ends(root, target, MAX_REFERENCES) => "leads back to itself",
            Some(_) => return None,
        };
        return Some(format!(
            "{}: the reference {reference:?} {fault}",
            place.join(".")
        ));
    }
    let children: Vec<(String, &Value)> = match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, it)| (name.clone(), it))
            .collect(),
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items.map(|(index, it)| (index.to_string(), it)).collect()
        }
        _ => return None,
    };
    children.into_iter().find_map(|(name, child)| {
        place.push(name);
        let found = find_bad_reference(root, child, place);
        place.pop();
        found
    })
}

fn target<'d>(root: &'d Value, reference: &str) -> Option<&'d Value> {
    root.pointer(reference.strip_prefix('#')?)
}

/// Returns whether a schema is known after at most so many references: those of itself, and of what it consists of.
fn ends(root: &Value, schema: &Value, references: usize) -> bool {
    if references == 0 {
        return false;
    }
    if let Some(reference) = schema["$ref"].as_str() {
        // A reference that leads nowhere is reported where it is.
        let target = target(root, reference);
        return target.is_none_or(|it| ends(root, it, references - 1));
    }
    let all = schema["allOf"].as_array().into_iter().flatten();
    let first = ["oneOf", "anyOf"].map(|it| schema[it].get(0));
    let mut parts = all.chain(first.into_iter().flatten());
    parts.all(|it| ends(root, it, references - 1))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn mistakes_have_their_place() {
        let path = json!({ "get": { "responses": {} } });
        let document = |schemas: Value| {
            json!({
                "openapi": "3.0.3", "info": { "version": "1" }, "paths": { "/a": path },
                "components": { "schemas": schemas },
            })
        };
        assert_eq!(find_mistake(&document(json!({}))), None);
        for (expected, document) in [
            ("\"openapi\" is missing", json!([])),
            ("\"openapi\" must be 3", json!({ "openapi": "2.0" })),
            (
                "\"info.version\" must be",
                json!({ "openapi": "3.1.0", "info": { "version": "1\n2" } }),
            ),
            (
                "no operation",
                json!({ "openapi": "3.1.0", "info": { "version": "1" }, "paths": {} }),
            ),
            (
                "components.schemas.A.properties.b: the reference \"#/components/schemas/B\" leads nowhere",
                document(
                    json!({ "A": { "properties": { "b": { "$ref": "#/components/schemas/B" } } } }),
                ),
            ),
            (
                "leads nowhere",
                document(json!({ "A": { "$ref": "other.json#/B" } })),
            ),
            (
                "leads back to itself",
                document(json!({ "A": { "allOf": [{ "$ref": "#/components/schemas/A" }] } })),
            ),
        ] {
            let mistake = find_mistake(&document).expect("a mistake");
            assert!(mistake.contains(expected), "{mistake}");
        }
        // A list of its own kind is no cycle.
        let tree = json!({ "items": { "$ref": "#/components/schemas/A" } });
        let tree = json!({ "A": { "properties": { "children": tree } } });
        assert_eq!(find_mistake(&document(tree)), None);
    }
}
