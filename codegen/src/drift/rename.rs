//! What upstream renamed: components and operation ids that stand where others stood.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::operations;
use crate::Source;
use crate::json_pointer::escape;
use crate::names::Names;

/// New names of upstream's, with those that they had.
#[derive(Debug, Default)]
pub(crate) struct Renames {
    /// `schemas/New` to `schemas/Old`, for each kind of component.
    pub(crate) components: BTreeMap<String, String>,
    /// New operation ids to old ones.
    pub(crate) operations: BTreeMap<String, String>,
}

impl Renames {
    /// What is certain: an operation id that took another's place at the same method and path, and a
    /// component that all references to another now lead to, and that is made of the same members.
    pub(crate) fn find(old: &Value, new: &Value) -> Self {
        let mut renames = Self {
            operations: renamed_operations(old, new),
            components: BTreeMap::new(),
        };
        // What a component refers to may be renamed as well, so until nothing more is found.
        loop {
            let found = renamed_components(old, &renames.applied(new));
            if found.is_empty() {
                return renames;
            }
            renames.components.extend(found);
        }
    }

    /// The new document under the old names.
    pub(crate) fn applied(&self, new: &Value) -> Value {
        let mut document = new.clone();
        for (new, old) in &self.components {
            let (kind, new) = new.split_once('/').unwrap_or_default();
            let (_, old) = old.split_once('/').unwrap_or_default();
            let components = document.pointer_mut(&format!("/components/{kind}"));
            if let Some(components) = components.and_then(Value::as_object_mut)
                && let Some(component) = components.remove(new)
            {
                components.insert(old.to_owned(), component);
            }
        }
        self.apply_within(&mut document);
        document
    }

    /// A place of the old names under the new ones.
    pub(crate) fn place(&self, place: &str) -> String {
        let renamed = self.components.iter().find_map(|(new, old)| {
            let rest = place.strip_prefix(&pointer(old))?;
            let is_whole = rest.is_empty() || rest.starts_with('/');
            is_whole.then(|| pointer(new) + rest)
        });
        renamed.unwrap_or_else(|| place.to_owned())
    }

    /// The text of `names.toml` under the new names.
    pub(crate) fn in_names(&self, names: Names) -> String {
        let new_of = |old: &str| {
            let found = self.components.iter().find(|(_, it)| *it == old);
            found.map(|(new, _)| new.as_str())
        };
        names.updated(|section, key| {
            let operation = |id: &str| {
                let found = self.operations.iter().find(|(_, old)| *old == id);
                found.map(|(new, _)| new.clone())
            };
            if section == "operations" {
                return operation(key);
            }
            // `User/verification`, `responses/X`, `createApiKey.200`
            if let Some(response) = new_of(key) {
                return Some(response.to_owned());
            }
            let (first, rest) = key
                .split_once('/')
                .map_or((key, ""), |(one, rest)| (one, rest));
            let rest = if rest.is_empty() {
                String::new()
            } else {
                format!("/{rest}")
            };
            if let Some(new) = new_of(&format!("schemas/{first}")) {
                let new = new.strip_prefix("schemas/").unwrap_or(new);
                return Some(format!("{new}{rest}"));
            }
            let (id, kind) = first.split_once('.')?;
            Some(format!("{}.{kind}{rest}", operation(id)?))
        })
    }

    /// The overlays whose targets name renamed components, under the new names, by path.
    pub(crate) fn in_overlays(&self, overlays: &[Source]) -> Vec<(String, String)> {
        let renamed = overlays
            .iter()
            .map(|overlay| (overlay, self.in_overlay(&overlay.text)));
        renamed
            .filter(|(overlay, text)| overlay.text != *text)
            .map(|(overlay, text)| (overlay.path.clone(), text))
            .collect()
    }

    fn in_overlay(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (new, old) in &self.components {
            let (Some(new), Some(old)) =
                (new.strip_prefix("schemas/"), old.strip_prefix("schemas/"))
            else {
                continue;
            };
            text = text.replace(&format!("'{old}'"), &format!("'{new}'"));
            for end in ['.', ' ', '\n'] {
                let plain = format!("components.schemas.{old}{end}");
                let quoted = format!("components.schemas['{new}']{end}");
                text = text.replace(&plain, &quoted);
            }
        }
        text
    }

    fn apply_within(&self, value: &mut Value) {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(target)) = members.get_mut("$ref") {
                    self.apply_to_reference(target);
                }
                if let Some(Value::Object(mapping)) = members.get_mut("mapping") {
                    for target in mapping.values_mut() {
                        if let Value::String(target) = target {
                            self.apply_to_reference(target);
                        }
                    }
                }
                if let Some(Value::String(id)) = members.get_mut("operationId")
                    && let Some(old) = self.operations.get(id)
                {
                    id.clone_from(old);
                }
                members.values_mut().for_each(|it| self.apply_within(it));
            }
            Value::Array(items) => items.iter_mut().for_each(|it| self.apply_within(it)),
            _ => {}
        }
    }

    fn apply_to_reference(&self, target: &mut String) {
        if let Some(name) = target.strip_prefix("#/components/")
            && let Some(old) = self.components.get(name)
        {
            *target = format!("#/components/{old}");
        }
    }
}

/// `schemas/User` as a JSON pointer.
pub(crate) fn pointer(component: &str) -> String {
    let (kind, name) = component.split_once('/').unwrap_or_default();
    format!("/components/{kind}/{}", escape(name))
}

fn renamed_operations(old: &Value, new: &Value) -> BTreeMap<String, String> {
    let (old, new) = (operations(old), operations(new));
    let new_ids: BTreeSet<&str> = new.iter().map(|it| it.id).collect();
    let old_ids: BTreeSet<&str> = old.iter().map(|it| it.id).collect();
    let gone = old.iter().filter(|it| !new_ids.contains(it.id));
    let pairs = gone.filter_map(|gone| {
        let heir = new.iter().find(|it| it.place == gone.place)?;
        let is_new = !old_ids.contains(heir.id);
        is_new.then(|| (heir.id.to_owned(), gone.id.to_owned()))
    });
    pairs.collect()
}

/// Walks both documents together: where one refers to what is gone, and the other to what is new, the
/// new may be the gone under another name.
fn renamed_components(old: &Value, new: &Value) -> BTreeMap<String, String> {
    let mut heirs: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    pair_references(old, new, &mut heirs);
    let has = |document: &Value, name: &str| {
        let pointer = format!("/components/{name}");
        document.pointer(&pointer).is_some()
    };
    let mut renames: BTreeMap<String, String> = BTreeMap::new();
    for (gone, heirs) in heirs {
        let mut heirs = heirs.into_iter();
        let (Some(heir), None) = (heirs.next(), heirs.next()) else {
            continue;
        };
        let is_renamed = has(old, &gone) && !has(new, &gone) && !has(old, &heir) && has(new, &heir);
        if is_renamed && similar(old, &gone, new, &heir) && !renames.contains_key(&heir) {
            renames.insert(heir, gone);
        }
    }
    renames
}

fn pair_references(old: &Value, new: &Value, heirs: &mut BTreeMap<String, BTreeSet<String>>) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            if let (Some(one), Some(other)) =
                (reference(old.get("$ref")), reference(new.get("$ref")))
            {
                heirs.entry(one).or_default().insert(other);
                return;
            }
            for (name, value) in old {
                if let Some(other) = new.get(name) {
                    pair_references(value, other, heirs);
                }
            }
        }
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            for (one, other) in old.iter().zip(new) {
                pair_references(one, other, heirs);
            }
        }
        _ => {}
    }
}

fn reference(value: Option<&Value>) -> Option<String> {
    let target = value?.as_str()?.strip_prefix("#/components/")?;
    Some(target.to_owned())
}

/// Whether most of what one component has, the other has too: a rename may come with a change.
fn similar(old: &Value, gone: &str, new: &Value, heir: &str) -> bool {
    let one = old.pointer(&format!("/components/{gone}"));
    let other = new.pointer(&format!("/components/{heir}"));
    if one == other {
        return true;
    }
    let (one, other) = (names(one), names(other));
    let shared = one.intersection(&other).count();
    shared > 0 && shared * 2 >= one.union(&other).count()
}

fn names(component: Option<&Value>) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    collect_names(component.unwrap_or(&Value::Null), &mut all);
    all
}

fn collect_names(value: &Value, all: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::Object(properties)) = members.get("properties") {
                all.extend(properties.keys().cloned());
            }
            if let Some(Value::Array(values)) = members.get("enum") {
                all.extend(values.iter().map(ToString::to_string));
            }
            members.values().for_each(|it| collect_names(it, all));
        }
        Value::Array(items) => items.iter().for_each(|it| collect_names(it, all)),
        _ => {}
    }
}
