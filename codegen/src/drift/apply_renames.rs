//! Translates between the old and the new upstream names of components and operations: in
//! documents, in JSON pointers and in `names.toml`.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::json_pointer::escape;
use crate::names::{CompletedNames, NameKey};

/// Components and operation ids that have another name in the upstream document.
#[derive(Debug, Default)]
pub(super) struct Renames {
    /// New names of components, such as `schemas/User`, with their old ones.
    pub(super) components: BTreeMap<String, String>,
    /// New operation ids with their old ones.
    pub(super) operations: BTreeMap<String, String>,
}

impl Renames {
    /// Returns the new document with the old names.
    pub(super) fn restore_old_names(&self, new: &Value) -> Value {
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
        self.restore_references(&mut document);
        document
    }

    /// Restores the old names in references, discriminator mappings and operation ids.
    fn restore_references(&self, value: &mut Value) {
        match value {
            Value::Object(members) => {
                if let Some(target) = members.get_mut("$ref") {
                    self.restore_reference(target);
                }
                if let Some(Value::Object(mapping)) = members.get_mut("mapping") {
                    mapping
                        .values_mut()
                        .for_each(|it| self.restore_reference(it));
                }
                if let Some(Value::String(id)) = members.get_mut("operationId")
                    && let Some(old) = self.operations.get(id)
                {
                    id.clone_from(old);
                }
                members
                    .values_mut()
                    .for_each(|it| self.restore_references(it));
            }
            Value::Array(items) => items.iter_mut().for_each(|it| self.restore_references(it)),
            _ => {}
        }
    }

    fn restore_reference(&self, target: &mut Value) {
        if let Value::String(target) = target
            && let Some(name) = target.strip_prefix("#/components/")
            && let Some(old) = self.components.get(name)
        {
            *target = format!("#/components/{old}");
        }
    }

    /// Translates a pointer into the document with the old names to one into the new document.
    pub(super) fn to_new_pointer(&self, pointer: &str) -> String {
        let renamed = self.components.iter().find_map(|(new, old)| {
            let rest = pointer.strip_prefix(&component_pointer(old))?;
            let is_whole_name = rest.is_empty() || rest.starts_with('/');
            is_whole_name.then(|| component_pointer(new) + rest)
        });
        renamed.unwrap_or_else(|| pointer.to_owned())
    }

    /// Returns the content of `names.toml` with the new names in the keys of the document.
    pub(super) fn update_names(&self, document: &str, names: CompletedNames) -> String {
        names.text_after_renames(document, |key| match key {
            NameKey::Operation(id) => Some(NameKey::Operation(self.new_operation_id(id)?)),
            NameKey::Event(_) => None,
            NameKey::Type(key) => {
                let component = |old: &str| self.new_component(old).map(str::to_owned);
                let key = key.renamed(component, |old| self.new_operation_id(old))?;
                Some(NameKey::Type(key))
            }
        })
    }

    fn new_operation_id(&self, old: &str) -> Option<String> {
        let mut operations = self.operations.iter();
        let found = operations.find(|(_, it)| *it == old);
        found.map(|(new, _)| new.clone())
    }

    fn new_component(&self, old: &str) -> Option<&str> {
        let mut components = self.components.iter();
        let found = components.find(|(_, it)| *it == old);
        found.map(|(new, _)| new.as_str())
    }
}

/// Returns the JSON pointer of a component such as `schemas/User`.
pub(super) fn component_pointer(component: &str) -> String {
    let (kind, name) = component.split_once('/').unwrap_or_default();
    format!("/components/{kind}/{}", escape(name))
}
