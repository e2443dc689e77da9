//! Names that are complete and free of problems, and the table that contains them.

use std::collections::{BTreeMap, BTreeSet};

use super::name_keys::NameKey;
use super::name_table::NameTable;
use super::names_by_pointer::{NamesByDocument, NamesByPointer};

/// The documents that have an item for a key.
pub(super) type UsedKeys = BTreeMap<NameKey, BTreeSet<String>>;

/// The names of the documents.
pub(crate) struct CompletedNames {
    table: NameTable,
    /// The entries that were added or changed.
    set: Vec<(NameKey, String)>,
    used: UsedKeys,
    types_by_pointer: NamesByDocument,
}

impl CompletedNames {
    /// Sets entries of the table, and removes others.
    pub(super) fn new(
        mut table: NameTable,
        set: Vec<(NameKey, String)>,
        removed: &[NameKey],
        used: UsedKeys,
        types_by_pointer: NamesByDocument,
    ) -> Self {
        for key in removed {
            table.remove(key);
        }
        for (key, name) in &set {
            table.set(key, name);
        }
        Self {
            table,
            set,
            used,
            types_by_pointer,
        }
    }

    pub(crate) fn table(&self) -> &NameTable {
        &self.table
    }

    /// Returns the name of each struct, enum and union of a document, by the JSON pointer of its schema.
    pub(crate) fn types_by_pointer(&self, document: &str) -> NamesByPointer {
        let names = self.types_by_pointer.get(document);
        names.cloned().unwrap_or_default()
    }

    /// Returns the entries that were added or changed, as the table spells them.
    pub(crate) fn set_lines(&self) -> Vec<String> {
        let entries = self.set.iter();
        entries
            .map(|(key, name)| format!("{key} = {name:?}"))
            .collect()
    }

    /// Returns the content of the table.
    pub(crate) fn text(&self) -> String {
        self.table.text()
    }

    /// Returns the content of the table after renames in one of the documents: items whose key `new_key`
    /// replaces. The old key stays if another document has an item for it, and both have the same name.
    pub(crate) fn text_after_renames(
        mut self,
        document: &str,
        new_key: impl Fn(&NameKey) -> Option<NameKey>,
    ) -> String {
        for (key, documents) in &self.used {
            if !documents.contains(document) {
                continue;
            }
            let Some(new) = new_key(key) else { continue };
            if documents.len() == 1 {
                self.table.rename_key(key, &new);
            } else if let Some(name) = self.table.get(key).map(str::to_owned) {
                self.table.set(&new, &name);
            }
        }
        self.table.text()
    }
}
