//! The state that lowering carries: the document, the names, and the types defined so far.

use std::collections::{BTreeMap, BTreeSet};

use super::merge_types::{TypeKeys, Types};
use crate::document::Document;
use crate::model::{Type, TypesByPointer};
use crate::names::{Names, TypeKey};
use crate::problem::Problem;

/// The state of lowering a document.
pub(super) struct LoweringContext<'a> {
    pub(super) document: &'a Document,
    pub(super) names: &'a mut Names,
    /// The defined types by namespace and name. Equal shapes with the same name are one type.
    pub(super) types: Types,
    /// The entry of `names.toml` that names each of the types.
    pub(super) type_keys: TypeKeys,
    pub(super) types_by_pointer: TypesByPointer,
    /// The types of the components lowered so far, by whether they belong to a response and by name.
    pub(super) components: BTreeMap<(bool, String), Type>,
    /// The keys in `names.toml` of the structs and unions of responses.
    pub(super) response_keys: BTreeSet<TypeKey>,
    /// The components that are being lowered, and whose type is not known yet.
    pub(super) unfinished: BTreeSet<(bool, String)>,
    /// How many schemas that are being lowered contain the present one.
    pub(super) depth: usize,
    /// The module of the current operation, in which new components are named by default.
    pub(super) module: String,
    pub(super) problems: Vec<Problem>,
    pub(super) notes: Vec<Problem>,
}

impl<'a> LoweringContext<'a> {
    pub(super) fn new(document: &'a Document, names: &'a mut Names) -> Self {
        Self {
            document,
            names,
            types: Types::new(),
            type_keys: TypeKeys::new(),
            types_by_pointer: TypesByPointer::new(),
            components: BTreeMap::new(),
            response_keys: BTreeSet::new(),
            unfinished: BTreeSet::new(),
            depth: 0,
            module: String::new(),
            problems: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Records a problem with the document.
    pub(super) fn problem(&mut self, pointer: impl Into<String>, message: impl Into<String>) {
        self.problem_with("", pointer, message);
    }

    /// Records a problem with the value at `pointer` that its member `detail` causes, such as `/x-timestamp`.
    pub(super) fn problem_with(
        &mut self,
        detail: &str,
        pointer: impl Into<String>,
        message: impl Into<String>,
    ) {
        let problem = self
            .document
            .problem(&pointer.into(), detail, message.into());
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
