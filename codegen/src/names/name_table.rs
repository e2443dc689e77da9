//! The table `names.toml`: its entries by key, and updates that keep its comments and its order.

use toml_edit::{DocumentMut, Item, Key, Table, value};

use super::name_keys::{NameKey, Section, TypeKey};
use super::name_syntax::{TypeName, parse_operation_name, parse_type_name};
use crate::json_pointer::escape;
use crate::problem::{Problem, Problems};
use crate::source::Source;

/// The names table.
#[derive(Clone)]
pub(crate) struct NameTable {
    path: String,
    document: DocumentMut,
}

impl NameTable {
    pub(crate) fn parse(source: &Source) -> Result<Self, Problems> {
        let document: DocumentMut = source.text.parse().map_err(|error| {
            Problem::new(&source.path, "", format!("this is not TOML: {error}"))
        })?;
        let mut problems = Vec::new();
        for (section, item) in document.iter() {
            let is_section = Section::ALL.iter().any(|it| it.name() == section);
            let Some(table) = item.as_table().filter(|_| is_section) else {
                let message = "only the sections [operations], [events] and [types] are allowed";
                problems.push(Problem::new(&source.path, format!("/{section}"), message));
                continue;
            };
            for (key, item) in table {
                if !item.is_str() {
                    let pointer = format!("/{section}/{}", escape(key));
                    let message = "a name must be a string, such as \"user::create\"";
                    problems.push(Problem::new(&source.path, pointer, message));
                }
            }
        }
        let path = source.path.clone();
        Problems::check(problems, Self { path, document })
    }

    /// Returns the entry of a key.
    pub(super) fn get(&self, key: &NameKey) -> Option<&str> {
        let section = self.document.get(key.section().name())?;
        section.get(key.to_string())?.as_str()
    }

    pub(crate) fn type_name(&self, key: &TypeKey) -> Option<TypeName> {
        parse_type_name(self.get(&NameKey::Type(key.clone()))?)
    }

    /// Returns the path of an operation's function, such as `user::create`.
    pub(crate) fn operation_path(&self, id: &str) -> Option<String> {
        let name = parse_operation_name(self.get(&NameKey::Operation(id.to_owned()))?)?;
        Some(format!("{}::{}", name.module, name.function))
    }

    pub(super) fn keys(&self) -> Vec<NameKey> {
        let keys = Section::ALL.into_iter().flat_map(|section| {
            let entries = self.document.get(section.name()).and_then(Item::as_table);
            let entries = entries.into_iter().flat_map(Table::iter);
            entries.map(move |(key, _)| section.parse_key(key))
        });
        keys.collect()
    }

    /// Adds an entry, or changes its name.
    pub(super) fn set(&mut self, key: &NameKey, name: &str) {
        let section = self.document.entry(key.section().name());
        let Some(section) = section.or_insert(Item::Table(Table::new())).as_table_mut() else {
            return;
        };
        let mut name = value(name);
        let key = key.to_string();
        let known = section.get(&key).and_then(Item::as_value);
        if let (Some(known), Some(new)) = (known, name.as_value_mut()) {
            // A comment after the name belongs to its entry.
            *new.decor_mut() = known.decor().clone();
        }
        section.insert(&key, name);
    }

    pub(super) fn remove(&mut self, key: &NameKey) {
        if let Some(section) = self.section_mut(key.section()) {
            section.remove(&key.to_string());
        }
    }

    pub(super) fn rename_key(&mut self, old: &NameKey, new: &NameKey) {
        if let Some(section) = self.section_mut(old.section())
            && let Some((key, item)) = section.remove_entry(&old.to_string())
        {
            let decor = key.leaf_decor().clone();
            let key = Key::new(new.to_string()).with_leaf_decor(decor);
            section.insert_formatted(&key, item);
        }
    }

    fn section_mut(&mut self, section: Section) -> Option<&mut Table> {
        self.document.get_mut(section.name())?.as_table_mut()
    }

    /// Creates a problem with an entry.
    pub(super) fn problem(&self, key: &NameKey, message: impl Into<String>) -> Problem {
        let section = key.section().name();
        let pointer = format!("/{section}/{}", escape(&key.to_string()));
        Problem::new(&self.path, pointer, message)
    }

    pub(super) fn text(&self) -> String {
        self.document.to_string()
    }
}
