//! The public API of the SDK for a document, and how two of them differ.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;

use super::emitted_items::{EmittedItem, EmittedItems, emitted_items};
use super::generated_items::GeneratedItems;
use super::severity::Severity;
use crate::model::Api;
use crate::{Problems, SdkSettings, emit, types};

/// The modules that are generated from a document.
pub(super) struct GeneratedApi {
    modules: BTreeMap<String, TokenStream>,
    /// What each element of the document contributes to the public API.
    elements: GeneratedItems,
}

impl GeneratedApi {
    /// Generates the modules that `api` describes. Its elements are those of the document at `index`.
    pub(super) fn new(api: &Api, index: usize, sdk: &SdkSettings) -> Result<Self, Problems> {
        Ok(Self {
            modules: emit::emit_modules(api, &types::rust_types(api)?, sdk),
            elements: GeneratedItems::new(api, index),
        })
    }

    /// Returns the paths of the modules that are not the same in `other`, which may not have them.
    fn modules_unlike<'g>(&'g self, other: &'g Self) -> BTreeSet<&'g String> {
        let text = |api: &Self, path: &String| api.modules.get(path).map(ToString::to_string);
        let paths = self.modules.keys().chain(other.modules.keys());
        let paths: BTreeSet<&String> = paths.collect();
        let differs = |path: &&String| text(self, path) != text(other, path);
        paths.into_iter().filter(differs).collect()
    }

    /// Reads the public items of the modules with these paths. Parsing all of them would take most of the time that a
    /// comparison takes.
    fn public_api(&self, paths: &BTreeSet<&String>) -> PublicApi<'_> {
        let modules = self.modules.iter().filter(|(path, _)| paths.contains(path));
        let files = modules.map(|(path, tokens)| (path.as_str(), emit::file(tokens.clone())));
        let all_modules = self.modules.keys().map(String::as_str);
        PublicApi {
            items: emitted_items(&files.collect(), all_modules),
            elements: &self.elements,
        }
    }
}

/// The public items of the modules in which two APIs differ.
pub(super) struct PublicApi<'g> {
    pub(super) items: EmittedItems,
    /// What each element of the document contributes to the whole public API.
    pub(super) elements: &'g GeneratedItems,
}

/// Every public item that is different in a new API, with its effect on callers.
pub(super) struct ApiChanges<'g> {
    pub(super) old: PublicApi<'g>,
    pub(super) new: PublicApi<'g>,
    effects: BTreeMap<String, Severity>,
}

impl<'g> ApiChanges<'g> {
    pub(super) fn new(old: &'g GeneratedApi, new: &'g GeneratedApi) -> Self {
        let paths = old.modules_unlike(new);
        let (old, new) = (old.public_api(&paths), new.public_api(&paths));
        let paths: BTreeSet<&String> = old.items.keys().chain(new.items.keys()).collect();
        let effects = paths.into_iter().filter_map(|path| {
            let effect = EmittedItem::change(old.items.get(path), new.items.get(path))?;
            Some((path.clone(), effect))
        });
        let effects = effects.collect();
        Self { old, new, effects }
    }

    /// Iterates over all items that differ, with their effects.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, Severity)> {
        let effects = self.effects.iter();
        effects.map(|(path, effect)| (path.as_str(), *effect))
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
        let takes_field = |api: &PublicApi<'_>| {
            let constructor = api.items.get(&constructor);
            constructor.is_some_and(|it| it.has_argument(name))
        };
        if takes_field(&self.old) || takes_field(&self.new) {
            return vec![owner.to_owned(), constructor];
        }
        Vec::new()
    }

    /// Returns the members of a type that differ.
    pub(super) fn changed_members<'s>(&'s self, ty: &'s str) -> impl Iterator<Item = &'s str> {
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
