//! A document lowered to the model for comparison, and the names used for it.

use std::collections::BTreeMap;

use crate::document::Overlays;
use crate::model::{Api, Namespace};
use crate::names::{CompletedNames, NameTable, Names, NamesByDocument};
use crate::{Inputs, Problem, Problems, document, lower, undocumented};

/// A document lowered for comparison, even if some overlay actions are stale.
pub(super) struct LoweredDocument {
    pub(super) api: Api,
    pub(super) names: CompletedNames,
    /// Overlay actions that match nothing, or add a property that the document has.
    pub(super) stale_actions: Vec<Problem>,
    /// Annotations of the overlays that do not fit a schema.
    pub(super) notes: Vec<Problem>,
    /// Items without documentation.
    pub(super) undocumented: Vec<String>,
    /// The module of each type in `clerk_sdk::types`.
    pub(super) type_modules: BTreeMap<String, String>,
}

impl LoweredDocument {
    /// Lowers all documents with the overlays applied, with `suggested` names for types that `names` has no entry for.
    pub(super) fn new(
        inputs: &Inputs,
        overlays: &Overlays,
        names: &NameTable,
        suggested: NamesByDocument,
    ) -> Result<Self, Problems> {
        let (documents, stale_actions) =
            document::parse_allowing_stale_actions(&inputs.documents, overlays)?;
        let names = Names::updating(names.clone(), suggested);
        let (api, names) = lower::lower(&documents, names)?;
        Ok(Self {
            names,
            stale_actions,
            notes: api.notes.clone(),
            undocumented: undocumented::undocumented_items(&api, &inputs.sdk.common_errors),
            type_modules: type_modules(&api),
            api,
        })
    }
}

fn type_modules(api: &Api) -> BTreeMap<String, String> {
    let types = api.types.iter().filter_map(|ty| match &ty.namespace {
        Namespace::Types(module) => Some((ty.name.clone(), module.clone())),
        Namespace::Module(_) => None,
    });
    types.collect()
}
