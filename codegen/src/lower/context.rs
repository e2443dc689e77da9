//! The state that lowering carries: the document, the names, and the types defined so far.

use std::collections::BTreeMap;

use crate::document::Document;
use crate::model::{Namespace, Type, TypeDef, TypesByPointer};
use crate::names::{NameKey, Names};
use crate::problem::Problem;

/// The state of lowering a document.
pub(super) struct LoweringContext<'a> {
    pub(super) document: &'a Document,
    pub(super) names: Names,
    /// The defined types by namespace and name. Equal shapes with the same name are one type.
    pub(super) types: BTreeMap<(Namespace, String), TypeDef>,
    /// The entry of `names.toml` that names each of the types.
    pub(super) type_keys: BTreeMap<(Namespace, String), NameKey>,
    pub(super) types_by_pointer: TypesByPointer,
    /// The types of the components lowered so far, by whether they belong to a response and by name.
    pub(super) components: BTreeMap<(bool, String), Type>,
    /// The module of the current operation, in which new components are named by default.
    pub(super) module: String,
    pub(super) problems: Vec<Problem>,
    pub(super) notes: Vec<Problem>,
}

impl<'a> LoweringContext<'a> {
    pub(super) fn new(document: &'a Document, names: Names) -> Self {
        Self {
            document,
            names,
            types: BTreeMap::new(),
            type_keys: BTreeMap::new(),
            types_by_pointer: TypesByPointer::new(),
            components: BTreeMap::new(),
            module: String::new(),
            problems: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Records a problem with the document.
    pub(super) fn problem(&mut self, pointer: impl Into<String>, message: impl Into<String>) {
        let problem = Problem::new(&self.document.path, pointer, message);
        self.problems.push(problem);
    }

    /// Records an annotation of the overlays that does not fit a schema, and was not applied to it.
    /// A rule for fields of one name can meet a new schema that it is not meant for, so this does not
    /// prevent an update of the document.
    pub(super) fn note(&mut self, pointer: impl Into<String>, message: impl Into<String>) {
        let note = Problem::new(&self.document.path, pointer, message);
        self.notes.push(note);
    }
}
