//! Names that are complete and free of problems, and the table that contains them.

use super::name_keys::NameKey;
use super::name_table::NameTable;
use super::names_by_pointer::{NamesByDocument, NamesByPointer};

/// The names of the documents.
pub(crate) struct CompletedNames {
    table: NameTable,
    /// The entries that were added or changed.
    set: Vec<(NameKey, String)>,
    types_by_pointer: NamesByDocument,
}

impl CompletedNames {
    /// Sets entries of the table, and removes others.
    pub(super) fn new(
        mut table: NameTable,
        set: Vec<(NameKey, String)>,
        removed: &[NameKey],
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

    /// Returns the content of the table with the keys that `new_key` returns.
    pub(crate) fn text_with_keys(
        mut self,
        new_key: impl Fn(&NameKey) -> Option<NameKey>,
    ) -> String {
        for key in self.table.keys() {
            if let Some(new) = new_key(&key) {
                self.table.rename_key(&key, &new);
            }
        }
        self.table.text()
    }
}
