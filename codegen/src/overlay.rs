//! Overlays: our corrections and prose, in the OpenAPI Overlay 1.0 format, put over the facts.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use serde_json_path::JsonPath;

use crate::{Problem, Source};

/// Applies every action of every overlay, in order. One that finds nothing to act on is a problem:
/// upstream has changed, and the correction with it.
pub(crate) fn apply(api: &mut Value, overlays: &[Source]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut ways = Ways::default();
    for source in overlays {
        match parse(source) {
            Ok(actions) => {
                for (index, action) in actions.iter().enumerate() {
                    if let Err(message) = apply_action(api, action, &mut ways) {
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

fn parse(source: &Source) -> Result<Vec<Value>, Problem> {
    let wrong = |pointer: &str, message: String| Problem::new(&source.path, pointer, message);
    let overlay: Value = serde_saphyr::from_str(&source.text)
        .map_err(|error| wrong("", format!("this is not YAML: {error}")))?;
    if overlay["overlay"] != "1.0.0" {
        let message = "this is not an overlay of the format 1.0.0: start it with `overlay: 1.0.0`";
        return Err(wrong("/overlay", message.to_owned()));
    }
    match &overlay["actions"] {
        Value::Array(actions) => Ok(actions.clone()),
        _ => Err(wrong(
            "/actions",
            "an overlay needs a list of actions".to_owned(),
        )),
    }
}

/// Where queries that end in a name lead, without that name: many actions share the way there, and
/// walking the whole document for each would take most of the time there is.
#[derive(Default)]
struct Ways(BTreeMap<String, Vec<String>>);

impl Ways {
    /// The JSON pointers that `target` matches.
    fn locate(&mut self, api: &Value, target: &str) -> Result<Vec<String>, String> {
        let Some((way, name)) = split(target) else {
            return query(api, target);
        };
        if !self.0.contains_key(way) {
            self.0.insert(way.to_owned(), query(api, way)?);
        }
        let ends = self.0[way].iter().map(|way| format!("{way}/{name}"));
        Ok(ends.filter(|end| api.pointer(end).is_some()).collect())
    }

    /// Forgets what an action may have changed: all but single values.
    fn keep_after(&mut self, action: &Value) {
        let update = action["update"].as_object();
        let is_flat =
            |it: &Map<String, Value>| !it.values().any(|it| it.is_object() || it.is_array());
        if !update.is_some_and(is_flat) {
            self.0.clear();
        }
    }
}

/// `$..properties.created_at` as `$..properties` and `created_at`.
fn split(target: &str) -> Option<(&str, &str)> {
    let (way, name) = target.rsplit_once('.')?;
    let is_plain = |it: char| it.is_ascii_alphanumeric() || it == '_';
    (way.ends_with("..properties") && name.chars().all(is_plain)).then_some((way, name))
}

fn query(api: &Value, target: &str) -> Result<Vec<String>, String> {
    let path = JsonPath::parse(target).map_err(|error| format!("`{target}`: {error}"))?;
    let found = path.query_located(api);
    let pointers = found.iter().map(|it| it.location().to_json_pointer());
    Ok(pointers.collect())
}

fn apply_action(api: &mut Value, action: &Value, ways: &mut Ways) -> Result<(), String> {
    let target = action["target"]
        .as_str()
        .ok_or("an action needs a `target`, a JSONPath")?;
    let mut pointers = ways.locate(api, target)?;
    ways.keep_after(action);
    if pointers.is_empty() {
        return Err(format!(
            "`{target}` matches nothing: upstream has changed, so mend or drop this action"
        ));
    }
    if action["remove"] == true {
        // Later siblings first, so that removing one does not move the next.
        pointers.reverse();
        for pointer in &pointers {
            remove(api, pointer);
        }
        return Ok(());
    }
    let update = action
        .get("update")
        .ok_or("an action needs `update` or `remove: true`")?;
    for pointer in &pointers {
        let place = api.pointer_mut(pointer).expect("the query located it");
        merge(place, update)
            .map_err(|what| format!("`{target}` is {what}, which cannot be updated"))?;
    }
    Ok(())
}

fn remove(api: &mut Value, pointer: &str) {
    let (parent, name) = pointer.rsplit_once('/').unwrap_or(("", pointer));
    let name = name.replace("~1", "/").replace("~0", "~");
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

/// Merges as the format says: objects by key, arrays by appending. A key of `update` replaces a
/// single value.
fn merge(place: &mut Value, update: &Value) -> Result<(), &'static str> {
    match (place, update) {
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
        _ => Err("a single value"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Problems;

    fn applied(mut api: Value, actions: Value) -> Result<Value, Problems> {
        let overlay = json!({"overlay": "1.0.0", "info": {}, "actions": actions});
        let source = Source {
            path: "o.yaml".to_owned(),
            text: overlay.to_string(),
        };
        Problems::check(apply(&mut api, &[source]), api)
    }

    #[test]
    fn updates_merge_objects_append_to_lists_and_replace_single_values() {
        let api = json!({"a": {"b": {"x": 1, "y": [1]}}});
        let actions = json!([
            {"target": "$.a.b", "update": {"x": 2, "y": [2], "z": {"new": true}}},
            {"target": "$.a.b.y", "update": 3},
        ]);
        let expected = json!({"a": {"b": {"x": 2, "y": [1, 2, 3], "z": {"new": true}}}});
        assert_eq!(applied(api, actions).expect("it applies"), expected);
    }

    #[test]
    fn removals_take_every_match_out() {
        let api = json!({"list": [1, 2, 1, 3], "a/b": {"c~d": 1, "e": 2}});
        let actions = json!([
            {"target": "$.list[?@ == 1]", "remove": true},
            {"target": "$['a/b']['c~d']", "remove": true},
        ]);
        let expected = json!({"list": [2, 3], "a/b": {"e": 2}});
        assert_eq!(applied(api, actions).expect("it applies"), expected);
    }

    #[test]
    fn every_wrong_action_is_reported_with_its_place() {
        let actions = json!([
            {"target": "$.gone", "remove": true},
            {"target": "$.a", "update": {"b": 1}},
            {"target": "$.a"},
            {"update": {}},
        ]);
        let problems = applied(json!({"a": 1}), actions).expect_err("they are wrong");
        let pointers: Vec<&str> = problems.0.iter().map(|it| it.pointer.as_str()).collect();
        assert_eq!(
            pointers,
            ["/actions/0", "/actions/1", "/actions/2", "/actions/3"]
        );
    }
}
