//! The table `names.toml`: look-ups of names, and which of its entries were used.

use std::collections::BTreeSet;

use heck::{ToSnakeCase, ToUpperCamelCase};
use toml_edit::{DocumentMut, Item, Table};

use super::name_syntax::{OperationName, TypeName, parse_operation_name, parse_type_name};
use super::reserved_modules::is_reserved;
use super::reserved_names::{allowed_type, is_reserved_function, is_reserved_type};
use crate::inputs::Source;
use crate::json_pointer::escape;
use crate::problem::{Problem, Problems};

/// The names table.
pub(crate) struct Names {
    path: String,
    pub(super) table: DocumentMut,
    /// Whether a missing entry is added with a default name instead of being an error.
    completing: bool,
    used: BTreeSet<(&'static str, String)>,
    pub(super) added: Vec<AddedEntry>,
    problems: Vec<Problem>,
}

/// An entry that the table lacked.
pub(super) struct AddedEntry {
    pub(super) section: &'static str,
    pub(super) key: String,
    /// The name, as the table spells it.
    pub(super) name: String,
}

pub(super) const OPERATIONS: &str = "operations";
pub(super) const TYPES: &str = "types";

impl Names {
    /// Parses a table that must be complete.
    pub(crate) fn parse(source: &Source) -> Result<Self, Problems> {
        Self::parse_table(source, false)
    }

    /// Parses a table that is completed: a look-up that finds no entry adds one.
    pub(crate) fn completing(source: &Source) -> Result<Self, Problems> {
        Self::parse_table(source, true)
    }

    fn parse_table(source: &Source, completing: bool) -> Result<Self, Problems> {
        let table: DocumentMut = source.text.parse().map_err(|error| {
            Problem::new(&source.path, "", format!("this is not TOML: {error}"))
        })?;
        let mut problems = Vec::new();
        for (section, item) in table.iter() {
            if ![OPERATIONS, TYPES].contains(&section) || !item.is_table() {
                let message = "only the sections [operations] and [types] are allowed";
                problems.push(Problem::new(&source.path, format!("/{section}"), message));
            }
        }
        let names = Self {
            path: source.path.clone(),
            table,
            completing,
            used: BTreeSet::new(),
            added: Vec::new(),
            problems: Vec::new(),
        };
        Problems::check(problems, names)
    }

    /// Returns the name of an operation; `default_name` returns the name to add if there is no
    /// entry.
    pub(crate) fn operation(
        &mut self,
        id: &str,
        default_name: impl FnOnce() -> String,
    ) -> OperationName {
        let entry = self.entry(OPERATIONS, id, default_name);
        let name = parse_operation_name(&entry);
        if let Some(OperationName { module, .. }) = &name
            && is_reserved(module)
        {
            let message =
                format!("the SDK has another module `{module}`: choose another name for this one");
            self.problem(OPERATIONS, id, message);
        }
        if let Some(OperationName { function, .. }) = &name
            && is_reserved_function(function)
        {
            let message = format!(
                "each client has another function `{function}`: choose another name for this one"
            );
            self.problem(OPERATIONS, id, message);
        }
        name.unwrap_or_else(|| {
            let message =
                format!("`{entry}` does not have the form `module::function(argument, …)`, in which no name is a keyword");
            self.problem(OPERATIONS, id, message);
            OperationName {
                module: "invalid".to_owned(),
                function: id.to_snake_case(),
                arguments: Vec::new(),
            }
        })
    }

    /// Returns the name of a type; `default_name` returns the name to add if there is no entry.
    pub(crate) fn type_name(
        &mut self,
        key: &str,
        default_name: impl FnOnce() -> TypeName,
    ) -> TypeName {
        let entry = self.entry(TYPES, key, || {
            let TypeName { module, name } = default_name();
            format!("{module}::{}", allowed_type(name))
        });
        if let Some(TypeName { name, .. }) = parse_type_name(&entry)
            && is_reserved_type(&name)
        {
            let message = format!(
                "`{name}` is a type that the generated code uses: choose another name for this one"
            );
            self.problem(TYPES, key, message);
        }
        parse_type_name(&entry).unwrap_or_else(|| {
            let message = format!("`{entry}` does not have the form `module::Type`");
            self.problem(TYPES, key, message);
            TypeName {
                module: "invalid".to_owned(),
                name: key.to_upper_camel_case(),
            }
        })
    }

    /// Returns the table's name of a type, without adding an entry or marking it as used.
    pub(crate) fn known_type(&self, key: &str) -> Option<TypeName> {
        parse_type_name(self.table.get(TYPES)?.get(key)?.as_str()?)
    }

    /// Returns the path of an operation's function, such as `user::create`.
    pub(crate) fn operation_path(&self, id: &str) -> Option<String> {
        let name = parse_operation_name(self.table.get(OPERATIONS)?.get(id)?.as_str()?)?;
        Some(format!("{}::{}", name.module, name.function))
    }

    fn entry(
        &mut self,
        section: &'static str,
        key: &str,
        default_name: impl FnOnce() -> String,
    ) -> String {
        self.used.insert((section, key.to_owned()));
        let known = self.table.get(section).and_then(|table| table.get(key));
        if let Some(name) = known.and_then(Item::as_str) {
            return name.to_owned();
        }
        let added = self.added.iter();
        let mut added = added.filter(|it| it.section == section && it.key == key);
        if let Some(added) = added.next() {
            return added.name.clone();
        }
        let name = default_name();
        if self.completing {
            self.added.push(AddedEntry {
                section,
                key: key.to_owned(),
                name: name.clone(),
            });
        } else {
            let message = format!(
                "`{key}` has no entry in [{section}]: run `cargo xtask vendor`, or add `\"{key}\" = \"{name}\"`"
            );
            self.problem(section, key, message);
        }
        name
    }

    fn problem(&mut self, section: &str, key: &str, message: impl Into<String>) {
        let pointer = format!("/{section}/{}", escape(key));
        self.problems
            .push(Problem::new(&self.path, pointer, message));
    }

    /// Records a problem with the name of an operation.
    pub(crate) fn operation_problem(&mut self, id: &str, message: impl Into<String>) {
        self.problem(OPERATIONS, id, message);
    }

    /// Records a problem with the name of a type.
    pub(crate) fn type_problem(&mut self, key: &str, message: impl Into<String>) {
        self.problem(TYPES, key, message);
    }

    /// Reports the recorded problems and every entry that was not looked up.
    pub(crate) fn finish(mut self) -> Result<(), Problems> {
        for section in [OPERATIONS, TYPES] {
            for key in self.unused(section) {
                let message = format!(
                    "nothing in the document has this key: remove the entry `{key}`, and describe the change in CHANGELOG.md"
                );
                self.problem(section, &key, message);
            }
        }
        Problems::check(self.problems, ())
    }

    /// Returns the keys of entries that were not looked up.
    pub(super) fn unused(&self, section: &'static str) -> Vec<String> {
        let entries = self.table.get(section).and_then(Item::as_table);
        let keys = entries
            .into_iter()
            .flat_map(Table::iter)
            .map(|(key, _)| key.to_owned());
        keys.filter(|key| !self.used.contains(&(section, key.clone())))
            .collect()
    }
}
