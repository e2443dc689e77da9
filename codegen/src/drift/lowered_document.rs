//! A document lowered to the model for comparison, and the names used for it.

use std::collections::BTreeMap;

use crate::model::{Api, Namespace, Shape};
use crate::names::Names;
use crate::{Inputs, Problem, Problems, document, lower, undocumented};

/// A document lowered for comparison, even if some overlay actions are stale.
pub(super) struct LoweredDocument {
    pub(super) api: Api,
    pub(super) names: Names,
    /// Overlay actions that match nothing, or add a property that the document has.
    pub(super) stale_actions: Vec<Problem>,
    /// Items without documentation.
    pub(super) undocumented: Vec<String>,
    /// The shape of each type, to recognize a type that has moved.
    pub(super) type_shapes: BTreeMap<(Namespace, String), Shape>,
    /// The module of each type in `clerk_sdk::types`.
    pub(super) type_modules: BTreeMap<String, String>,
}

impl LoweredDocument {
    /// Lowers all documents.
    pub(super) fn new(inputs: &Inputs) -> Result<Self, Problems> {
        let mut names = Names::completing(&inputs.names)?;
        let (documents, stale_actions) = document::parse_allowing_stale_actions(inputs)?;
        let api = lower::lower(&documents, &mut names)?;
        Ok(Self {
            names,
            stale_actions,
            undocumented: undocumented::undocumented_items(&api),
            type_shapes: type_shapes(&api),
            type_modules: type_modules(&api),
            api,
        })
    }
}

fn type_shapes(api: &Api) -> BTreeMap<(Namespace, String), Shape> {
    let types = api.types.iter();
    let shapes = types.map(|ty| {
        let key = (ty.namespace.clone(), ty.name.clone());
        (key, ty.shape.without_prose())
    });
    shapes.collect()
}

fn type_modules(api: &Api) -> BTreeMap<String, String> {
    let types = api.types.iter().filter_map(|ty| match &ty.namespace {
        Namespace::Types(module) => Some((ty.name.clone(), module.clone())),
        Namespace::Module(_) => None,
    });
    types.collect()
}
