//! Overlays (OpenAPI Overlay 1.0): corrections and documentation, applied to the raw API description.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use serde_json_path::JsonPath;

use crate::documents::Source;
use crate::json_pointer::unescape;
use crate::problem::Problem;

/// Applies every action of every overlay, in order, and returns a problem for each that failed.
///
/// An action that matches nothing has failed: the upstream document has changed, so the correction
/// is stale. So has an action that adds a property which the document has by now; the document's
/// own property is kept.
pub(crate) fn apply(api: &mut Value, overlays: &[Source]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut parents = ParentCache::default();
    for source in overlays {
        match parse(source) {
            Ok(actions) => {
                for (index, action) in actions.iter().enumerate() {
                    if let Err(message) = apply_action(api, action, &mut parents) {
                        let pointer = format!("/actions/{index}");
                        problems.push(Problem::new(&source.path, pointer, message));
                    }
                }
            }
            Err(problem) => problems.push(problem),
        }
    }
    problems
}

/// Returns the actions of an overlay.
pub(crate) fn parse(source: &Source) -> Result<Vec<Value>, Problem> {
    let problem = |pointer: &str, message: String| Problem::new(&source.path, pointer, message);
    let overlay: Value = serde_saphyr::from_str(&source.text)
        .map_err(|error| problem("", format!("this is not YAML: {error}")))?;
    if overlay["overlay"] != "1.0.0" {
        let message = "this is not an overlay of version 1.0.0: begin it with `overlay: 1.0.0`";
        return Err(problem("/overlay", message.to_owned()));
    }
    match &overlay["actions"] {
        Value::Array(actions) => Ok(actions.clone()),
        _ => Err(problem(
            "/actions",
            "an overlay needs a list of actions".to_owned(),
        )),
    }
}

/// The matches of queries such as `$..properties`, by query.
///
/// Hundreds of targets differ only in the property's name after that query. Searching the whole
/// document for each of them would dominate the run time.
#[derive(Default)]
pub(crate) struct ParentCache(BTreeMap<String, Vec<String>>);

impl ParentCache {
    /// Returns the JSON pointers that `target` matches.
    pub(crate) fn locate(&mut self, api: &Value, target: &str) -> Result<Vec<String>, String> {
        let Some((parents, name)) = split_property(target) else {
            return query(api, target);
        };
        if !self.0.contains_key(parents) {
            self.0.insert(parents.to_owned(), query(api, parents)?);
        }
        let children = self.0[parents]
            .iter()
            .map(|parent| format!("{parent}/{name}"));
        Ok(children
            .filter(|child| api.pointer(child).is_some())
            .collect())
    }

    /// Clears the cache unless `action` only sets scalars, which cannot change any match.
    fn invalidate(&mut self, action: &Value) {
        let update = action["update"].as_object();
        let is_flat =
            |it: &Map<String, Value>| !it.values().any(|it| it.is_object() || it.is_array());
        if !update.is_some_and(is_flat) {
            self.0.clear();
        }
    }
}

/// Splits `$..properties.created_at` into `$..properties` and `created_at`.
fn split_property(target: &str) -> Option<(&str, &str)> {
    let (parents, name) = target.rsplit_once('.')?;
    let is_plain = |it: char| it.is_ascii_alphanumeric() || it == '_';
    (parents.ends_with("..properties") && name.chars().all(is_plain)).then_some((parents, name))
}

fn query(api: &Value, target: &str) -> Result<Vec<String>, String> {
    let path = JsonPath::parse(target).map_err(|error| format!("`{target}`: {error}"))?;
    let matches = path.query_located(api);
    let pointers = matches.iter().map(|it| it.location().to_json_pointer());
    Ok(pointers.collect())
}

/// Applies an action, unless it is stale.
pub(crate) fn apply_action(
    api: &mut Value,
    action: &Value,
    parents: &mut ParentCache,
) -> Result<(), String> {
    let target = action["target"]
        .as_str()
        .ok_or("an action needs a `target`: a JSONPath expression")?;
    let mut pointers = parents.locate(api, target)?;
    parents.invalidate(action);
    if pointers.is_empty() {
        return Err(format!(
            "`{target}` matches nothing: the upstream document has changed, so update or remove this action"
        ));
    }
    if action["remove"] == true {
        // Later siblings go first, so that the indices of the others stay valid.
        pointers.reverse();
        for pointer in &pointers {
            remove(api, pointer);
        }
        return Ok(());
    }
    let update = action
        .get("update")
        .ok_or("an action needs `update` or `remove: true`")?;
    let mut messages = Vec::new();
    for pointer in &pointers {
        let value = api.pointer_mut(pointer).expect("the query located it");
        let updated = match pointer.ends_with("/properties") {
            true => add_properties(value, update)
                .map_err(|message| format!("`{target}`, at {pointer}, {message}")),
            false => merge(value, update)
                .map_err(|kind| format!("`{target}` is {kind}, which cannot be updated")),
        };
        messages.extend(updated.err());
    }
    match messages.is_empty() {
        true => Ok(()),
        false => Err(messages.join("; ")),
    }
}

/// Adds the properties of `update` that an object lacks to its schema. Properties that it has are
/// not touched, so that a comparison of documents shows how upstream declares them.
fn add_properties(properties: &mut Value, update: &Value) -> Result<(), String> {
    let (Value::Object(properties), Value::Object(update)) = (properties, update) else {
        return Err("is updated with properties by name only".to_owned());
    };
    let mut existing = Vec::new();
    for (name, schema) in update {
        if properties.contains_key(name) {
            existing.push(format!("`{name}`"));
        } else {
            properties.insert(name.clone(), schema.clone());
        }
    }
    match existing.is_empty() {
        true => Ok(()),
        false => Err(format!(
            "has {} already: the upstream document has changed, so remove it from this action and move its description to the document's own property",
            existing.join(", ")
        )),
    }
}

fn remove(api: &mut Value, pointer: &str) {
    let (parent, name) = pointer.rsplit_once('/').unwrap_or(("", pointer));
    let name = unescape(name);
    match api.pointer_mut(parent) {
        Some(Value::Object(map)) => {
            map.remove(&name);
        }
        Some(Value::Array(list)) => {
            let index: usize = name.parse().expect("the query located an index");
            list.remove(index);
        }
        _ => {}
    }
}

/// Merges as the Overlay specification requires: objects by key, arrays by appending. A key of
/// `update` replaces a scalar.
fn merge(target: &mut Value, update: &Value) -> Result<(), &'static str> {
    match (target, update) {
        (Value::Object(object), Value::Object(update)) => {
            for (key, value) in update {
                match object.get_mut(key) {
                    Some(old) if old.is_object() && value.is_object() => merge(old, value)?,
                    Some(old) if old.is_array() && value.is_array() => merge(old, value)?,
                    _ => {
                        object.insert(key.clone(), value.clone());
                    }
                }
            }
            Ok(())
        }
        (Value::Array(list), Value::Array(update)) => {
            list.extend(update.iter().cloned());
            Ok(())
        }
        (Value::Array(list), update) => {
            list.push(update.clone());
            Ok(())
        }
        _ => Err("a scalar"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::problem::Problems;

    fn applied(mut api: Value, actions: Value) -> Result<Value, Problems> {
        let overlay = json!({"overlay": "1.0.0", "info": {}, "actions": actions});
        let source = Source {
            path: "o.yaml".to_owned(),
            text: overlay.to_string(),
        };
        Problems::check(apply(&mut api, &[source]), api)
    }

    #[test]
    fn updates_merge_objects_append_to_lists_and_replace_scalars() {
        let api = json!({"a": {"b": {"x": 1, "y": [1]}}});
        let actions = json!([
            {"target": "$.a.b", "update": {"x": 2, "y": [2], "z": {"new": true}}},
            {"target": "$.a.b.y", "update": 3},
        ]);
        let expected = json!({"a": {"b": {"x": 2, "y": [1, 2, 3], "z": {"new": true}}}});
        assert_eq!(applied(api, actions).expect("it applies"), expected);
    }

    #[test]
    fn removals_remove_every_match() {
        let api = json!({"list": [1, 2, 1, 3], "a/b": {"c~d": 1, "e": 2}});
        let actions = json!([
            {"target": "$.list[?@ == 1]", "remove": true},
            {"target": "$['a/b']['c~d']", "remove": true},
        ]);
        let expected = json!({"list": [2, 3], "a/b": {"e": 2}});
        assert_eq!(applied(api, actions).expect("it applies"), expected);
    }

    #[test]
    fn an_added_property_that_exists_is_reported_and_stays_as_it_is() {
        let api = json!({"A": {"properties": {"x": {"type": "string"}}}, "B": {"properties": {}}});
        let actions = json!([
            {"target": "$['A','B'].properties", "update": {"x": {"type": "boolean"}, "y": {}}},
            {"target": "$.B.properties", "update": {"z": {}}},
        ]);
        let overlay = json!({"overlay": "1.0.0", "info": {}, "actions": actions});
        let source = Source {
            path: "o.yaml".to_owned(),
            text: overlay.to_string(),
        };
        let mut patched = api;
        let problems = apply(&mut patched, &[source]);
        let expected = json!({
            "A": {"properties": {"x": {"type": "string"}, "y": {}}},
            "B": {"properties": {"x": {"type": "boolean"}, "y": {}, "z": {}}},
        });
        assert_eq!(patched, expected);
        let messages: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(messages.len(), 1);
        let message =
            "o.yaml#/actions/0: `$['A','B'].properties`, at /A/properties, has `x` already: ";
        assert!(messages[0].starts_with(message), "{}", messages[0]);
    }

    #[test]
    fn every_invalid_action_is_reported_with_its_location() {
        let actions = json!([
            {"target": "$.gone", "remove": true},
            {"target": "$.a", "update": {"b": 1}},
            {"target": "$.a"},
            {"update": {}},
        ]);
        let problems = applied(json!({"a": 1}), actions).expect_err("every action is invalid");
        let pointers: Vec<&str> = problems.0.iter().map(|it| it.pointer.as_str()).collect();
        assert_eq!(
            pointers,
            ["/actions/0", "/actions/1", "/actions/2", "/actions/3"]
        );
    }
}
