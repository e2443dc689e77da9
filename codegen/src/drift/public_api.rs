//! The public API of the SDK for a document, and how two of them differ.

use std::collections::{BTreeMap, BTreeSet};

use super::emitted_items::{EmittedItem, EmittedItems, emitted_items};
use super::generated_items::GeneratedItems;
use super::severity::Severity;
use crate::model::Api;
use crate::{Problems, SdkSettings, emit, types};

/// The public API that is generated from a document.
pub(super) struct PublicApi {
    pub(super) items: EmittedItems,
    /// What each element of the document contributes to it.
    pub(super) generated: GeneratedItems,
}

impl PublicApi {
    /// Generates the public API that `api` describes. Its elements are those of the document at `index`.
    pub(super) fn new(api: &Api, index: usize, sdk: &SdkSettings) -> Result<Self, Problems> {
        let modules = emit::emit_modules(api, &types::rust_types(api)?, sdk);
        Ok(Self {
            items: emitted_items(&modules),
            generated: GeneratedItems::new(api, index),
        })
    }
}

/// Every public item that is different in a new API, with its effect on callers.
pub(super) struct ApiChanges<'a> {
    pub(super) old: &'a PublicApi,
    pub(super) new: &'a PublicApi,
    effects: BTreeMap<&'a str, Severity>,
}

impl<'a> ApiChanges<'a> {
    pub(super) fn new(old: &'a PublicApi, new: &'a PublicApi) -> Self {
        let paths: BTreeSet<&String> = old.items.keys().chain(new.items.keys()).collect();
        let effects = paths.into_iter().filter_map(|path| {
            let effect = EmittedItem::change(old.items.get(path), new.items.get(path))?;
            Some((path.as_str(), effect))
        });
        let effects = effects.collect();
        Self { old, new, effects }
    }

    /// Iterates over all items that differ, with their effects.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&'a str, Severity)> {
        self.effects.iter().map(|(path, effect)| (*path, *effect))
    }

    /// Returns the effect of the change of an item, if it changed.
    pub(super) fn effect(&self, item: &str) -> Option<Severity> {
        self.effects.get(item).copied()
    }

    pub(super) fn is_added(&self, item: &str) -> bool {
        !self.old.items.contains_key(item) && self.new.items.contains_key(item)
    }

    pub(super) fn is_removed(&self, item: &str) -> bool {
        self.old.items.contains_key(item) && !self.new.items.contains_key(item)
    }

    /// Returns the constructor with a field as an argument, and its struct, which has a default only
    /// if the constructor has no arguments.
    pub(super) fn constructor_of(&self, field: &str) -> Vec<String> {
        let Some((owner, name)) = field.rsplit_once("::") else {
            return Vec::new();
        };
        let constructor = format!("{owner}::new");
        let takes_field = |api: &PublicApi| {
            let constructor = api.items.get(&constructor);
            constructor.is_some_and(|it| it.has_argument(name))
        };
        if takes_field(self.old) || takes_field(self.new) {
            return vec![owner.to_owned(), constructor];
        }
        Vec::new()
    }

    /// Returns the members of a type that differ.
    pub(super) fn changed_members(&self, ty: &str) -> impl Iterator<Item = &'a str> {
        self.iter()
            .map(|(path, _)| path)
            .filter(move |path| parent_path(path) == ty)
    }

    /// Returns the items that are removed, except the members of types that are removed, and the
    /// further paths of such types.
    pub(super) fn removed_items(&self) -> Vec<String> {
        let is_listed = |path: &&str| {
            let exported = self.old.items[*path].exported();
            !self.is_removed(parent_path(path)) && !exported.is_some_and(|it| self.is_removed(it))
        };
        let removed = self.iter().map(|(path, _)| path);
        let removed = removed
            .filter(|path| self.is_removed(path))
            .filter(is_listed);
        removed.map(str::to_owned).collect()
    }
}

/// Returns the path of the module or type that an item belongs to, or an empty path if there is
/// none.
pub(super) fn parent_path(item: &str) -> &str {
    item.rsplit_once("::").map_or("", |(parent, _)| parent)
}
