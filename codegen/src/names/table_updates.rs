//! Updates of `names.toml` for a changed document: adds entries, removes stale ones, and keeps the
//! names of types whose key changed.

use std::collections::BTreeMap;

use toml_edit::{DocumentMut, Item, Key, Table, value};

use super::name_syntax::{TypeName, parse_type_name};
use super::name_table::{AddedEntry, Names, OPERATIONS, TYPES};
use crate::inputs::Source;
use crate::problem::Problems;

impl Names {
    /// Returns the entries that were added, as the table spells them.
    pub(crate) fn added_lines(&self) -> Vec<String> {
        let entries = self.added.iter();
        entries
            .map(|entry| format!("{} = {:?}", entry.key, entry.name))
            .collect()
    }

    /// Returns the content of the table with the added entries.
    pub(crate) fn completed(mut self) -> String {
        if self.added.is_empty() {
            return self.table.to_string();
        }
        let mut sections: BTreeMap<&str, Vec<AddedEntry>> = BTreeMap::new();
        for entry in self.added {
            sections.entry(entry.section).or_default().push(entry);
        }
        for (section, entries) in sections {
            let table = self
                .table
                .entry(section)
                .or_insert(Item::Table(Table::new()));
            if let Some(table) = table.as_table_mut() {
                for entry in entries {
                    table.insert(&entry.key, value(entry.name));
                }
            }
        }
        self.table.to_string()
    }

    /// Finds added types that replace a type no longer in use. Returns the old name by the new key.
    ///
    /// `same_shape` compares two types by name. A pair counts only if it is unambiguous.
    pub(crate) fn moved_types(
        &self,
        same_shape: impl Fn(&TypeName, &TypeName) -> bool,
    ) -> BTreeMap<String, String> {
        let unused = self.unused(TYPES);
        let unused: Vec<TypeName> = unused
            .iter()
            .filter_map(|key| self.known_type(key))
            .collect();
        let added: Vec<(&String, TypeName)> = self
            .added
            .iter()
            .filter(|entry| entry.section == TYPES)
            .filter_map(|entry| Some((&entry.key, parse_type_name(&entry.name)?)))
            .collect();
        let mut moved = BTreeMap::new();
        for (key, name) in &added {
            let mut candidates = unused.iter().filter(|old| same_shape(old, name));
            if let (Some(old), None) = (candidates.next(), candidates.next()) {
                let rivals = added.iter().filter(|(_, other)| same_shape(old, other));
                if rivals.count() == 1 {
                    let name = format!("{}::{}", old.module, old.name);
                    moved.insert((*key).clone(), name);
                }
            }
        }
        moved
    }

    /// Returns the content of a table with more entries in [types].
    pub(crate) fn with_types(
        source: &Source,
        entries: &BTreeMap<String, String>,
    ) -> Result<String, Problems> {
        let mut names = Self::completing(source)?;
        let entries = entries.iter();
        names.added = entries
            .map(|(key, name)| AddedEntry {
                section: TYPES,
                key: key.clone(),
                name: name.clone(),
            })
            .collect();
        Ok(names.completed())
    }

    /// Returns the content without unused entries, and with the keys that `new_key` returns for a
    /// section and key.
    pub(crate) fn updated(mut self, new_key: impl Fn(&str, &str) -> Option<String>) -> String {
        for section in [OPERATIONS, TYPES] {
            let unused = self.unused(section);
            let Some(table) = self.table.get_mut(section).and_then(Item::as_table_mut) else {
                continue;
            };
            for key in unused {
                table.remove(&key);
            }
        }
        let content = self.completed();
        let Ok(mut table) = content.parse::<DocumentMut>() else {
            return content;
        };
        for section in [OPERATIONS, TYPES] {
            if let Some(entries) = table.get_mut(section).and_then(Item::as_table_mut) {
                rename_keys(entries, |key| new_key(section, key));
            }
        }
        table.to_string()
    }
}

fn rename_keys(entries: &mut Table, new_key: impl Fn(&str) -> Option<String>) {
    let keys: Vec<String> = entries.iter().map(|(key, _)| key.to_owned()).collect();
    for key in keys {
        if let Some(new) = new_key(&key)
            && let Some((old, item)) = entries.remove_entry(&key)
        {
            let decor = old.leaf_decor().clone();
            entries.insert_formatted(&Key::new(new).with_leaf_decor(decor), item);
        }
    }
}
