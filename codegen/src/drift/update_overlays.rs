//! Updates the overlays for a new document: their actions follow the schemas that moved, and those
//! that no longer match anything are removed.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::document_node::single_subschema;
use super::json_path::json_path;
use super::schema_places::SchemaPlaces;
use crate::document::{Action, OverlayText, Overlays, PropertyCache, apply_action};
use crate::json_pointer::escape;
use crate::{Inputs, Problem, parse_json};

/// The overlays for a new document.
pub(super) struct UpdatedOverlays {
    pub(super) overlays: Overlays,
    /// The actions that were removed, or changed to another action, because they were stale.
    pub(super) stale: Vec<Problem>,
}

impl UpdatedOverlays {
    pub(super) fn unchanged(overlays: &Overlays) -> Self {
        Self {
            overlays: overlays.clone(),
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

/// Updates the overlays that fit `inputs`, in which the document at `index` changes from `old` to `new`.
pub(super) fn update_overlays(
    (inputs, index): (&Inputs, usize),
    overlays: &Overlays,
    (old, new): (&Value, &Value),
    places: &SchemaPlaces,
) -> UpdatedOverlays {
    let mut others = inputs.documents.clone();
    others.remove(index);
    let others = others
        .iter()
        .filter_map(|it| parse_json(&it.facts.text).ok());
    let mut documents = PatchedDocuments {
        old: PatchedDocument::new(old.clone()),
        new: PatchedDocument::new(new.clone()),
        others: others.map(PatchedDocument::new).collect(),
    };
    let mut sources = Vec::new();
    let mut stale = Vec::new();
    for overlay in &overlays.0 {
        let (source, actions) = (&overlay.source, &overlay.values);
        let mut text = OverlayText::new(source, actions.clone());
        for (index, action) in actions.iter().enumerate() {
            match documents.update(action, places) {
                Update::Keep => {}
                Update::Retarget(targets) => text.retarget(index, &targets),
                Update::Replace(message, actions) => {
                    text.replace(index, &actions);
                    let pointer = format!("/actions/{index}");
                    let problem = Problem::new(&source.path, pointer, message);
                    stale.push(problem);
                }
            }
        }
        sources.push(text.into_source());
    }
    UpdatedOverlays {
        overlays: overlays.updated(&sources),
        stale,
    }
}

/// A document with the actions so far applied.
struct PatchedDocument {
    value: Value,
    properties: PropertyCache,
}

impl PatchedDocument {
    fn new(value: Value) -> Self {
        Self {
            value,
            properties: PropertyCache::default(),
        }
    }

    fn locate(&mut self, action: &Action) -> Vec<String> {
        self.properties
            .locate(&self.value, &action.target, &action.path)
    }

    /// Applies an action, unless it is stale. Returns why it is.
    fn apply(&mut self, action: &Action) -> Result<(), String> {
        let pointers = self.locate(action);
        self.apply_at(pointers, action)
    }

    /// Applies an action at the places that it matches.
    fn apply_at(&mut self, pointers: Vec<String>, action: &Action) -> Result<(), String> {
        apply_action(&mut self.value, action, pointers, &mut self.properties).map(|_| ())
    }
}

/// All documents with the actions so far applied.
struct PatchedDocuments {
    old: PatchedDocument,
    new: PatchedDocument,
    /// The documents that do not change.
    others: Vec<PatchedDocument>,
}

impl PatchedDocuments {
    /// Determines what becomes of an action, and applies it.
    fn update(&mut self, value: &Value, places: &SchemaPlaces) -> Update {
        let Some(Ok(action)) = Action::parse(value) else {
            return Update::Keep;
        };
        let (was, is) = (self.old.locate(&action), self.new.locate(&action));
        let followed = self.followed(&was, &is, places);
        // An action that is stale in the old document does not follow anything.
        let _ = self.old.apply_at(was, &action);
        // What applies to one document may be about that one only.
        let applies_elsewhere = self
            .others
            .iter_mut()
            .map(|it| it.apply(&action).is_ok())
            .fold(false, |one, other| one | other);
        if followed.is_empty() {
            return self.update_in_place((value, &action), is, applies_elsewhere);
        }
        let own_target = (applies_elsewhere || !is.is_empty()).then(|| action.target.clone());
        let followed = followed.iter().map(|it| json_path(&self.new.value, it));
        let targets: Vec<String> = own_target.into_iter().chain(followed).collect();
        for target in &targets {
            let mut action = value.clone();
            action["target"] = target.as_str().into();
            self.apply_to_new(&action);
        }
        Update::Retarget(targets)
    }

    fn apply_to_new(&mut self, action: &Value) {
        if let Some(Ok(action)) = Action::parse(action) {
            let _ = self.new.apply(&action);
        }
    }

    /// Returns the places in the new document that have to be targeted besides those that are. A
    /// place that the old document has already is annotated on its own.
    fn followed(&self, was: &[String], is: &[String], places: &SchemaPlaces) -> BTreeSet<String> {
        let is_new = |pointer: &String| {
            let old = self.old.value.pointer(pointer);
            let is_reference =
                |old: &Value| old.get("$ref").is_some() || single_subschema(old).is_some();
            self.new.value.pointer(pointer).is_some() && old.is_none_or(is_reference)
        };
        let new = was.iter().flat_map(|old| places.new_pointers(old));
        new.filter(|it| !is.contains(it) && is_new(it)).collect()
    }

    fn update_in_place(
        &mut self,
        (value, action): (&Value, &Action),
        is: Vec<String>,
        applies_elsewhere: bool,
    ) -> Update {
        let replacement = self.without_existing(value, &is);
        if !applies_elsewhere && let Some((message, actions)) = replacement {
            for action in &actions {
                self.apply_to_new(action);
            }
            return Update::Replace(message, actions);
        }
        match self.new.apply_at(is, action) {
            Err(message) if !applies_elsewhere => Update::Replace(message, Vec::new()),
            _ => Update::Keep,
        }
    }

    /// Returns the actions that replace one that adds properties which the document has by now.
    /// Their annotations become those of the document's own properties.
    fn without_existing(&self, action: &Value, is: &[String]) -> Option<(String, Vec<Value>)> {
        let added = action["update"].as_object()?;
        let mut actions = Vec::new();
        let mut existing = Vec::new();
        for pointer in is.iter().filter(|it| it.ends_with("/properties")) {
            let properties = self.new.value.pointer(pointer)?.as_object()?;
            let (known, missing): (Vec<_>, Vec<_>) = added
                .iter()
                .partition(|(name, _)| properties.contains_key(*name));
            if !missing.is_empty() {
                let update: Map<String, Value> = cloned(missing);
                actions
                    .push(json!({"target": json_path(&self.new.value, pointer), "update": update}));
            }
            for (name, schema) in known {
                existing.push(format!("`{name}`"));
                let members = schema.as_object().into_iter().flatten();
                let annotations = members.filter(|(key, _)| is_annotation(key)).collect();
                let update: Map<String, Value> = cloned(annotations);
                if !update.is_empty() {
                    let target = json_path(&self.new.value, &format!("{pointer}/{}", escape(name)));
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
