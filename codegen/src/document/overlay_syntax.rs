//! The syntax of an overlay. Everything that the generator would ignore is an error, because it is a typing mistake.

use serde_json::{Map, Value};

use crate::json_pointer::escape;
use crate::problem::Problem;

const OVERLAY_MEMBERS: [&str; 4] = ["overlay", "info", "extends", "actions"];
const ACTION_MEMBERS: [&str; 4] = ["target", "description", "update", "remove"];

/// Keys whose values are data.
const DATA_KEYS: [&str; 4] = ["default", "enum", "example", "examples"];

/// Extensions that are `true` or `false`.
const FLAGS: [&str; 5] = [
    "x-constant",
    "x-may-be-missing",
    "x-metadata",
    "x-secret",
    "x-sort-field",
];

/// Returns a problem for each mistake in an overlay. `file` is the path in the errors.
pub(super) fn check_overlay(overlay: &Value, file: &str) -> Vec<Problem> {
    let mut checks = Checks {
        file,
        problems: Vec::new(),
    };
    checks.overlay(overlay);
    checks.problems
}

struct Checks<'f> {
    file: &'f str,
    problems: Vec<Problem>,
}

impl Checks<'_> {
    fn problem(&mut self, pointer: &str, message: impl Into<String>) {
        self.problems
            .push(Problem::new(self.file, pointer, message));
    }

    fn overlay(&mut self, overlay: &Value) {
        if overlay["overlay"] != "1.0.0" {
            let message = "this is not an overlay of version 1.0.0: begin it with `overlay: 1.0.0`";
            return self.problem("/overlay", message);
        }
        self.members(overlay, "", &OVERLAY_MEMBERS);
        let Some(actions) = overlay["actions"].as_array() else {
            return self.problem("/actions", "an overlay needs a list of actions");
        };
        for (index, action) in actions.iter().enumerate() {
            self.action(action, &format!("/actions/{index}"));
        }
    }

    /// Reports the members of an object that are not `known`.
    fn members(&mut self, object: &Value, pointer: &str, known: &[&str]) {
        let names = object.as_object().into_iter().flat_map(Map::keys);
        for name in names.filter(|name| !known.contains(&&***name)) {
            let message = format!(
                "`{name}` is not allowed here: correct its spelling, or remove it (allowed are {})",
                listed(known)
            );
            self.problem(&format!("{pointer}/{}", escape(name)), message);
        }
    }

    fn action(&mut self, action: &Value, pointer: &str) {
        self.members(action, pointer, &ACTION_MEMBERS);
        if !action["target"].is_string() {
            self.problem(pointer, "an action needs a `target`: a JSONPath expression");
        }
        if !matches!(action["remove"], Value::Null | Value::Bool(_)) {
            let message = "`remove` takes `true` or `false`, without quotes";
            self.problem(&format!("{pointer}/remove"), message);
        }
        match (action.get("update"), action["remove"] == true) {
            (Some(_), true) => {
                self.problem(
                    pointer,
                    "an action has either `update` or `remove: true`, not both",
                );
            }
            (None, false) => self.problem(pointer, "an action needs `update` or `remove: true`"),
            (None, true) => {}
            (Some(update), false) => {
                let target = action["target"].as_str().unwrap_or_default();
                let has_names = target.ends_with(".properties");
                self.update(update, &format!("{pointer}/update"), has_names);
            }
        }
    }

    /// Checks the extensions in an update. If `has_names` is set, the keys of `value` are the names of properties.
    fn update(&mut self, value: &Value, pointer: &str, has_names: bool) {
        match value {
            Value::Object(members) => {
                for (key, value) in members {
                    let pointer = format!("{pointer}/{}", escape(key));
                    if !has_names && key.starts_with("x-") {
                        self.extension(key, value, &pointer);
                    } else if has_names || !DATA_KEYS.contains(&&**key) {
                        self.update(value, &pointer, key == "properties" && !has_names);
                    }
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.update(item, &format!("{pointer}/{index}"), false);
                }
            }
            _ => {}
        }
    }

    fn extension(&mut self, key: &str, value: &Value, pointer: &str) {
        match key {
            flag if FLAGS.contains(&flag) => {
                if !value.is_boolean() {
                    let message = format!("`{flag}` takes `true` or `false`, without quotes");
                    self.problem(pointer, message);
                }
            }
            "x-timestamp" => {
                if value != "ms" && value != "rfc3339" {
                    self.problem(pointer, "`x-timestamp` takes `ms` or `rfc3339`");
                }
            }
            "x-replacement" | "x-example" => self.string(value, pointer),
            "x-error-statuses" => self.error_statuses(value, pointer),
            "x-type" => self.type_documentation(value, pointer),
            // Upstream's own, which suggest names.
            "x-speakeasy-group" | "x-speakeasy-name-override" => self.string(value, pointer),
            _ => {
                let message = format!(
                    "the generator does not know the extension `{key}`: correct its spelling, or remove it"
                );
                self.problem(pointer, message);
            }
        }
    }

    fn error_statuses(&mut self, value: &Value, pointer: &str) {
        self.strings(value, pointer);
        for status in value.as_object().into_iter().flat_map(Map::keys) {
            if !matches!(status.parse(), Ok(400..=599)) {
                let message = format!("`{status}` is not the status of an error, from 400 to 599");
                self.problem(&format!("{pointer}/{}", escape(status)), message);
            }
        }
    }

    fn type_documentation(&mut self, value: &Value, pointer: &str) {
        if !value.is_object() {
            return self.problem(pointer, "`x-type` takes an object");
        }
        self.members(value, pointer, &["about", "values"]);
        if let Some(about) = value.get("about") {
            self.string(about, &format!("{pointer}/about"));
        }
        if let Some(values) = value.get("values") {
            self.strings(values, &format!("{pointer}/values"));
        }
    }

    /// Checks that `value` is an object of strings.
    fn strings(&mut self, value: &Value, pointer: &str) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    self.string(value, &format!("{pointer}/{}", escape(name)));
                }
            }
            _ => self.problem(pointer, "this takes an object of strings"),
        }
    }

    fn string(&mut self, value: &Value, pointer: &str) {
        if !value.is_string() {
            self.problem(pointer, "this takes a string");
        }
    }
}

fn listed(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn problems(overlay: &Value) -> Vec<String> {
        let problems = check_overlay(overlay, "o.yaml");
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn each_mistake_is_reported_with_its_place() {
        for (update, pointer) in [
            (json!({"x-secrets": true}), "/x-secrets"),
            (json!({"x-secret": "true"}), "/x-secret"),
            (json!({"x-metadata": 1}), "/x-metadata"),
            (json!({"x-timestamp": "s"}), "/x-timestamp"),
            (json!({"x-example": ["a"]}), "/x-example"),
            (
                json!({"x-error-statuses": {"4O4": "a"}}),
                "/x-error-statuses/4O4",
            ),
            (
                json!({"x-error-statuses": {"200": "a"}}),
                "/x-error-statuses/200",
            ),
            (
                json!({"x-error-statuses": {"404": 1}}),
                "/x-error-statuses/404",
            ),
            (json!({"x-error-statuses": "404"}), "/x-error-statuses"),
            (json!({"x-type": {"abuot": "a"}}), "/x-type/abuot"),
            (json!({"x-type": {"values": ["a"]}}), "/x-type/values"),
            (json!({"x-type": "a"}), "/x-type"),
            (
                json!({"properties": {"a": {"x-secert": true}}}),
                "/properties/a/x-secert",
            ),
            (json!({"allOf": [{"x-secert": true}]}), "/allOf/0/x-secert"),
        ] {
            let overlay =
                json!({"overlay": "1.0.0", "actions": [{"target": "$.a", "update": update}]});
            let problems = problems(&overlay);
            let expected = format!("o.yaml#/actions/0/update{pointer}: ");
            assert_eq!(problems.len(), 1, "{problems:?}");
            assert!(problems[0].starts_with(&expected), "{problems:?}");
        }
        for (action, pointer) in [
            (json!({"update": {}}), ""),
            (json!({"target": "$"}), ""),
            (json!({"target": "$", "update": {}, "remove": true}), ""),
            (json!({"target": "$", "remove": "true"}), "/remove"),
            (
                json!({"target": "$", "update": {}, "updates": {}}),
                "/updates",
            ),
        ] {
            let overlay = json!({"overlay": "1.0.0", "actions": [action]});
            let expected = format!("o.yaml#/actions/0{pointer}: ");
            let problems = problems(&overlay);
            assert!(problems[0].starts_with(&expected), "{problems:?}");
        }
        let overlay = json!({"overlay": "1.0.0", "actions": [], "action": []});
        assert!(problems(&overlay)[0].starts_with("o.yaml#/action: "));
    }

    #[test]
    fn names_and_data_that_look_like_extensions_are_allowed() {
        let update = json!({
            "properties": {"x-secrets": {"type": "string", "default": {"x-unknown": 1}}},
            "x-secret": false,
        });
        let overlay = json!({"overlay": "1.0.0", "actions": [
            {"target": "$.a", "update": update},
            {"target": "$.a.properties", "update": {"x-other": {"type": "string"}}},
        ]});
        assert_eq!(problems(&overlay), Vec::<String>::new());
    }
}
