//! Looking up names while a document is lowered. What comes out of it is either complete and free of
//! problems, or an error.

use std::collections::BTreeMap;

use super::completed_names::{CompletedNames, UsedKeys};
use super::name_keys::{NameKey, TypeKey};
use super::name_syntax::TypeName;
use super::name_table::NameTable;
use super::names_by_pointer::NamesByDocument;
use crate::problem::{Problem, Problems};

/// What is done about a table that does not fit the documents.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Mode {
    /// Every difference is a problem.
    Fit,
    /// Missing entries are added.
    Complete,
    /// Missing entries are added, others changed if necessary, and unused ones removed.
    Update,
}

/// The names table while names are looked up. [`Names::finish`] is the only way to get at the result.
pub(crate) struct Names {
    table: NameTable,
    pub(super) mode: Mode,
    /// The document whose names are looked up.
    document: String,
    /// Names for types that have no entry, in preference to the default ones.
    suggested: NamesByDocument,
    /// How many of its proposed names an entry has to skip, because other items have them.
    rejected: BTreeMap<NameKey, usize>,
    /// The entries that were looked up, each with the documents that have its item.
    used: UsedKeys,
    /// Entries that the table lacks, or has with other arguments.
    set: BTreeMap<NameKey, String>,
    /// The keys of `set` in the order in which they were looked up.
    set_keys: Vec<NameKey>,
    types_by_pointer: NamesByDocument,
    clashes: Vec<Clash>,
    problems: Vec<Problem>,
}

/// Two entries with the same name.
struct Clash {
    /// The entries, the one that was looked up last first.
    keys: [NameKey; 2],
    message: String,
}

/// The result of looking up all names.
pub(crate) enum Finished {
    Complete(CompletedNames),
    /// Names clash with others. The look-ups have to be repeated with these names,
    /// which propose others.
    Repeat(Names),
}

impl Names {
    /// Looks up names in a table that must be complete.
    pub(crate) fn complete(table: NameTable) -> Self {
        Self::new(table, Mode::Fit, NamesByDocument::new(), BTreeMap::new())
    }

    /// Looks up names in a table that is completed. Its unused entries are kept, because they can be
    /// those of a document that is not vendored yet.
    pub(crate) fn completing(table: NameTable) -> Self {
        Self::new(
            table,
            Mode::Complete,
            NamesByDocument::new(),
            BTreeMap::new(),
        )
    }

    /// Looks up names in a table that is updated for the documents. `suggested` names are preferred
    /// to default ones.
    pub(crate) fn updating(table: NameTable, suggested: NamesByDocument) -> Self {
        Self::new(table, Mode::Update, suggested, BTreeMap::new())
    }

    fn new(
        table: NameTable,
        mode: Mode,
        suggested: NamesByDocument,
        rejected: BTreeMap<NameKey, usize>,
    ) -> Self {
        Self {
            table,
            mode,
            document: String::new(),
            suggested,
            rejected,
            used: UsedKeys::new(),
            set: BTreeMap::new(),
            set_keys: Vec::new(),
            types_by_pointer: NamesByDocument::new(),
            clashes: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// Begins to look up the names of a document.
    pub(crate) fn begin_document(&mut self, name: &str) {
        name.clone_into(&mut self.document);
    }

    pub(super) fn suggested(&self, pointer: &str) -> Option<TypeName> {
        self.suggested.get(&self.document)?.get(pointer).cloned()
    }

    /// Returns the table's or the suggested name of a type, without marking it as used.
    pub(crate) fn known_type(&self, key: &TypeKey, pointer: &str) -> Option<TypeName> {
        let suggested = self.suggested(pointer);
        let known = self.table.type_name(key).into_iter().chain(suggested);
        known
            .into_iter()
            .nth(self.rejections(&NameKey::Type(key.clone())))
    }

    fn rejections(&self, key: &NameKey) -> usize {
        self.rejected.get(key).copied().unwrap_or_default()
    }

    /// Records the name of the type of the schema at `pointer`.
    pub(super) fn record_type(&mut self, pointer: &str, name: TypeName) {
        let document = self.document.clone();
        let types = self.types_by_pointer.entry(document).or_default();
        types.insert(pointer.to_owned(), name);
    }

    /// Returns the entry of a key, or adds the one that `default_name` returns for the number of
    /// proposed names to skip. A key always has the same entry, however often it is looked up.
    pub(super) fn entry(
        &mut self,
        key: &NameKey,
        default_name: impl FnOnce(usize) -> String,
    ) -> String {
        let documents = self.used.entry(key.clone()).or_default();
        documents.insert(self.document.clone());
        if let Some(name) = self.set.get(key) {
            return name.clone();
        }
        let mut skipped = self.rejections(key);
        if let Some(name) = self.table.get(key) {
            match skipped.checked_sub(1) {
                None => return name.to_owned(),
                Some(others) => skipped = others,
            }
        }
        let name = default_name(skipped);
        if self.mode == Mode::Fit {
            let message = format!(
                "`{key}` has no entry in [{}]: run `cargo xtask vendor`, or add `\"{key}\" = \"{name}\"`",
                key.section().name()
            );
            self.problem(key, message);
        }
        self.set_entry(key, name.clone());
        name
    }

    pub(super) fn set_entry(&mut self, key: &NameKey, name: String) {
        if self.set.insert(key.clone(), name).is_none() {
            self.set_keys.push(key.clone());
        }
    }

    pub(super) fn problem(&mut self, key: &NameKey, message: impl Into<String>) {
        let problem = self.table.problem(key, message);
        self.problems.push(problem);
    }

    /// Records that the item of `key` has the name of the item of `other`, as `message` says.
    pub(crate) fn clash(&mut self, key: NameKey, other: NameKey, message: impl Into<String>) {
        self.clashes.push(Clash {
            keys: [key, other],
            message: message.into(),
        });
    }

    /// Returns the names and what the table has to contain for them, or every problem: `others`
    /// are those that the document has besides.
    pub(crate) fn finish(mut self, others: Vec<Problem>) -> Result<Finished, Problems> {
        let mut has_alternative = false;
        for clash in std::mem::take(&mut self.clashes) {
            let [last, _] = &clash.keys;
            let is_added = |key: &&NameKey| self.table.get(key).is_none();
            let can_rename = match self.mode {
                Mode::Fit => false,
                Mode::Complete => clash.keys.iter().any(|key| is_added(&key)),
                Mode::Update => true,
            };
            if !can_rename {
                self.problem(last, clash.message);
                continue;
            }
            // The table's names are kept if possible. Two types that share a name in the table can
            // become different, and then one of them needs another name.
            let renamed = clash.keys.iter().find(is_added).unwrap_or(last);
            *self.rejected.entry(renamed.clone()).or_default() += 1;
            has_alternative = true;
        }
        let keys = self.table.keys().into_iter();
        let unused: Vec<NameKey> = keys.filter(|key| !self.used.contains_key(key)).collect();
        if self.mode == Mode::Fit {
            for key in &unused {
                let message = format!(
                    "nothing in the document has this key: remove the entry `{key}`, and describe the change in CHANGELOG.md"
                );
                self.problem(key, message);
            }
        }
        self.problems.extend(others);
        Problems::check(self.problems, ())?;
        if has_alternative {
            let names = Self::new(self.table, self.mode, self.suggested, self.rejected);
            return Ok(Finished::Repeat(names));
        }
        let set = self.set_keys.into_iter().map(|key| {
            let name = self.set[&key].clone();
            (key, name)
        });
        let removed = match self.mode {
            Mode::Update => unused,
            Mode::Fit | Mode::Complete => Vec::new(),
        };
        Ok(Finished::Complete(CompletedNames::new(
            self.table,
            set.collect(),
            &removed,
            self.used,
            self.types_by_pointer,
        )))
    }
}
