//! Overlays (OpenAPI Overlay 1.0): corrections and documentation, applied to the raw API description.

use serde_json::Value;

use super::extensions::stale_documentation;
use super::origins::Origins;
use super::overlay_action::apply_action;
use super::parsed_overlay::Overlays;
use super::property_cache::PropertyCache;
use crate::problem::{Problem, Problems};

/// What applying overlays resulted in, besides the patched document.
#[derive(Default)]
pub(crate) struct AppliedOverlays {
    /// A problem for each action that does not fit the document. An action that matches nothing does not: the upstream
    /// document has changed, so the correction is stale. Neither does an action that adds a property which the document
    /// has by now; the document's own property is kept.
    pub(crate) stale: Vec<Problem>,
    pub(crate) origins: Origins,
}

/// Applies every action of every overlay, in order.
///
/// # Errors
///
/// Returns every mistake in the overlays, regardless of the document.
pub(super) fn apply(api: &mut Value, overlays: &Overlays) -> Result<AppliedOverlays, Problems> {
    let mut applied = AppliedOverlays::default();
    let mut properties = PropertyCache::default();
    let mut mistakes = Vec::new();
    for overlay in &overlays.0 {
        let path = &overlay.source.path;
        mistakes.extend_from_slice(&overlay.mistakes);
        for (pointer, action) in &overlay.actions {
            let pointers = properties.locate(api, &action.target, &action.path);
            match apply_action(api, action, pointers, &mut properties) {
                Ok(targets) => {
                    let update = action.update.clone().unwrap_or_default();
                    applied.origins.record(path, pointer, update, targets);
                }
                Err(message) => {
                    let problem = Problem::new(path, pointer, message);
                    applied.stale.push(problem);
                }
            }
        }
    }
    let stale = stale_documentation(api, &applied.origins);
    applied.stale.extend(stale);
    if mistakes.is_empty() {
        return Ok(applied);
    }
    mistakes.append(&mut applied.stale);
    Problems::check(mistakes, applied)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::source::Source;

    fn applied(mut api: Value, actions: Value) -> Result<Value, Problems> {
        let overlay = json!({"overlay": "1.0.0", "info": {}, "actions": actions});
        let source = Source {
            path: "o.yaml".to_owned(),
            text: overlay.to_string(),
        };
        let applied = apply(&mut api, &Overlays::parse(&[source]))?;
        Problems::check(applied.stale, api)
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
        let api = json!({"list": [1, 2, 1, 3], "other": [1, 2, 3, 4], "a/b": {"c~d": 1, "e": 2}});
        let actions = json!([
            {"target": "$.list[?@ == 1]", "remove": true},
            {"target": "$.other[3,0,0]", "remove": true},
            {"target": "$['a/b']['c~d']", "remove": true},
        ]);
        let expected = json!({"list": [2, 3], "other": [2, 3], "a/b": {"e": 2}});
        assert_eq!(applied(api, actions).expect("it applies"), expected);
    }

    #[test]
    fn properties_are_found_after_each_change_of_them() {
        let schema = json!({"properties": {"x": {}}});
        let api =
            json!({"A": {"schema": schema}, "B": {"schema": schema}, "C": {"properties": {}}});
        let count = json!({"target": "$..properties.x", "update": {"seen": [1]}});
        let changes = [
            json!({"target": "$.A", "update": {"schema": 1}}),
            json!({"target": "$.C.properties", "update": {"x": {}}}),
            json!({"target": "$.B.schema", "update": {"items": {"properties": {"x": {}}}}}),
            json!({"target": "$.B.schema.properties.x", "remove": true}),
        ];
        let mut actions = vec![count.clone()];
        for change in changes {
            actions.extend([change, count.clone()]);
        }
        let expected = json!({
            "A": {"schema": 1},
            "B": {"schema": {"properties": {}, "items": {"properties": {"x": {"seen": [1, 1]}}}}},
            "C": {"properties": {"x": {"seen": [1, 1, 1]}}},
        });
        assert_eq!(applied(api, actions.into()).expect("it applies"), expected);
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
        let problems = apply(&mut patched, &Overlays::parse(&[source]))
            .expect("it is an overlay")
            .stale;
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
