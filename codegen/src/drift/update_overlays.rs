//! Updates the overlays for a new document: their actions follow the schemas that moved, and those
//! that no longer match anything are removed.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::document_node::single_subschema;
use super::schema_places::SchemaPlaces;
use crate::document::{OverlayText, ParentCache, apply_action, parse_overlay};
use crate::json_pointer::{escape, unescape};
use crate::{Problem, Source};

/// The overlays for a new document.
pub(super) struct UpdatedOverlays {
    pub(super) overlays: Vec<Source>,
    /// The actions that were removed, or changed to another action, because they were stale.
    pub(super) stale: Vec<Problem>,
}

impl UpdatedOverlays {
    pub(super) fn unchanged(overlays: &[Source]) -> Self {
        Self {
            overlays: overlays.to_vec(),
            stale: Vec::new(),
        }
    }
}

/// What becomes of an action.
enum Update {
    Keep,
    /// The action is repeated with each of these targets.
    Retarget(Vec<String>),
    /// The action is stale, for this reason, and replaced by other actions.
    Replace(String, Vec<Value>),
}

/// Updates the overlays that fit the document `old` so that they fit `new`.
pub(super) fn update_overlays(
    old: &Value,
    new: &Value,
    overlays: &[Source],
    places: &SchemaPlaces,
) -> UpdatedOverlays {
    let mut documents = PatchedDocuments {
        old: old.clone(),
        new: new.clone(),
        old_parents: ParentCache::default(),
        new_parents: ParentCache::default(),
    };
    let mut updated = UpdatedOverlays {
        overlays: Vec::new(),
        stale: Vec::new(),
    };
    for overlay in overlays {
        let Ok(actions) = parse_overlay(overlay) else {
            // This is reported when the document is lowered.
            updated.overlays.push(overlay.clone());
            continue;
        };
        let mut text = OverlayText::new(overlay, actions.clone());
        for (index, action) in actions.iter().enumerate() {
            match documents.update(action, places) {
                Update::Keep => {}
                Update::Retarget(targets) => text.retarget(index, &targets),
                Update::Replace(message, actions) => {
                    text.replace(index, &actions);
                    let pointer = format!("/actions/{index}");
                    let problem = Problem::new(&overlay.path, pointer, message);
                    updated.stale.push(problem);
                }
            }
        }
        updated.overlays.push(text.into_source());
    }
    updated
}

/// Both documents with the actions so far applied.
struct PatchedDocuments {
    old: Value,
    new: Value,
    old_parents: ParentCache,
    new_parents: ParentCache,
}

impl PatchedDocuments {
    /// Determines what becomes of an action, and applies it.
    fn update(&mut self, action: &Value, places: &SchemaPlaces) -> Update {
        let is_complete = action["remove"] == true || action.get("update").is_some();
        let (Some(target), true) = (action["target"].as_str(), is_complete) else {
            return Update::Keep;
        };
        let (Ok(was), Ok(is)) = (
            self.old_parents.locate(&self.old, target),
            self.new_parents.locate(&self.new, target),
        ) else {
            return Update::Keep;
        };
        let followed = self.followed(&was, &is, places);
        // An action that is stale in the old document does not follow anything.
        let _ = apply_action(&mut self.old, action, &mut self.old_parents);
        if followed.is_empty() {
            return self.update_in_place(action, &is);
        }
        let own_target = (!is.is_empty()).then(|| target.to_owned());
        let followed = followed.iter().map(|it| json_path(&self.new, it));
        let targets: Vec<String> = own_target.into_iter().chain(followed).collect();
        for target in &targets {
            let mut action = action.clone();
            action["target"] = target.as_str().into();
            let _ = apply_action(&mut self.new, &action, &mut self.new_parents);
        }
        Update::Retarget(targets)
    }

    /// Returns the places in the new document that have to be targeted besides those that are. A
    /// place that the old document has already is annotated on its own.
    fn followed(&self, was: &[String], is: &[String], places: &SchemaPlaces) -> BTreeSet<String> {
        let is_new = |pointer: &String| {
            let old = self.old.pointer(pointer);
            let is_reference =
                |old: &Value| old.get("$ref").is_some() || single_subschema(old).is_some();
            self.new.pointer(pointer).is_some() && old.is_none_or(is_reference)
        };
        let new = was.iter().flat_map(|old| places.new_pointers(old));
        new.filter(|it| !is.contains(it) && is_new(it)).collect()
    }

    fn update_in_place(&mut self, action: &Value, is: &[String]) -> Update {
        if let Some((message, actions)) = self.without_existing(action, is) {
            for action in &actions {
                let _ = apply_action(&mut self.new, action, &mut self.new_parents);
            }
            return Update::Replace(message, actions);
        }
        match apply_action(&mut self.new, action, &mut self.new_parents) {
            Ok(()) => Update::Keep,
            Err(message) => Update::Replace(message, Vec::new()),
        }
    }

    /// Returns the actions that replace one that adds properties which the document has by now.
    /// Their annotations become those of the document's own properties.
    fn without_existing(&self, action: &Value, is: &[String]) -> Option<(String, Vec<Value>)> {
        let added = action["update"].as_object()?;
        let mut actions = Vec::new();
        let mut existing = Vec::new();
        for pointer in is.iter().filter(|it| it.ends_with("/properties")) {
            let properties = self.new.pointer(pointer)?.as_object()?;
            let (known, missing): (Vec<_>, Vec<_>) = added
                .iter()
                .partition(|(name, _)| properties.contains_key(*name));
            if !missing.is_empty() {
                let update: Map<String, Value> = cloned(missing);
                actions.push(json!({"target": json_path(&self.new, pointer), "update": update}));
            }
            for (name, schema) in known {
                existing.push(format!("`{name}`"));
                let members = schema.as_object().into_iter().flatten();
                let annotations = members.filter(|(key, _)| is_annotation(key)).collect();
                let update: Map<String, Value> = cloned(annotations);
                if !update.is_empty() {
                    let target = json_path(&self.new, &format!("{pointer}/{}", escape(name)));
                    actions.push(json!({"target": target, "update": update}));
                }
            }
        }
        let message = format!(
            "the document has {} by now, so only its annotations are kept",
            existing.join(", ")
        );
        (!existing.is_empty()).then_some((message, actions))
    }
}

fn is_annotation(key: &str) -> bool {
    key == "description" || key.starts_with("x-")
}

fn cloned(members: Vec<(&String, &Value)>) -> Map<String, Value> {
    let members = members.into_iter();
    members
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// Returns the JSONPath of the element at a pointer. Items of a list that have a name are identified
/// by it, because their order can change.
fn json_path(document: &Value, pointer: &str) -> String {
    let mut path = "$".to_owned();
    let mut value = document;
    for segment in pointer.split('/').skip(1).map(unescape) {
        let quoted = |name: &str| format!("'{}'", name.replace('\\', "\\\\").replace('\'', "\\'"));
        let is_plain = |name: &str| {
            name.chars()
                .all(|it| it.is_ascii_alphanumeric() || it == '_')
                && !name.starts_with(|first: char| first.is_ascii_digit())
        };
        let child = match value.as_array() {
            Some(items) => segment
                .parse()
                .ok()
                .and_then(|index: usize| items.get(index)),
            None => value.get(&segment),
        };
        let name = child.and_then(|child| child["name"].as_str());
        match name {
            Some(name) if value.is_array() => path += &format!("[?@.name=={}]", quoted(name)),
            _ if value.is_array() => path += &format!("[{segment}]"),
            _ if is_plain(&segment) => path += &format!(".{segment}"),
            _ => path += &format!("[{}]", quoted(&segment)),
        }
        value = child.unwrap_or(&Value::Null);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_finds_what_the_pointer_points_to() {
        let document = json!({"a-b": {"200": [{"name": "it's"}, {"x": 1}]}, "/c": {"d": 2}});
        for (pointer, path) in [
            ("/a-b/200/0/name", "$['a-b']['200'][?@.name=='it\\'s'].name"),
            ("/a-b/200/1/x", "$['a-b']['200'][1].x"),
            ("/~1c/d", "$['/c'].d"),
        ] {
            assert_eq!(json_path(&document, pointer), path);
            let found = ParentCache::default().locate(&document, path);
            assert_eq!(found.expect("the path is valid"), [pointer]);
        }
    }
}
