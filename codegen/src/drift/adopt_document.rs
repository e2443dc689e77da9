//! Lowers the documents with a new one in the place of the vendored one: types keep their names, and
//! the overlays are updated if they do not fit any more.

use serde_json::Value;

use super::lowered_document::LoweredDocument;
use super::schema_places::schema_places;
use super::stale_documentation::remove_stale_documentation;
use super::update_overlays::{UpdatedOverlays, update_overlays};
use crate::document::Overlays;
use crate::names::{NameTable, NamesByDocument};
use crate::{Inputs, Problems};

/// The documents with a new one among them.
pub(super) struct AdoptedDocument {
    pub(super) lowered: Result<LoweredDocument, Problems>,
    pub(super) overlays: UpdatedOverlays,
}

/// Replaces the document at `index`, whose facts are `values` before and afterwards, and which have
/// the same names for components and operations.
pub(super) fn adopt_document(
    (inputs, new_inputs): (&Inputs, &Inputs),
    overlays: &Overlays,
    index: usize,
    (old_value, new_value): (&Value, &Value),
    table: &NameTable,
    old: &LoweredDocument,
) -> AdoptedDocument {
    let name = &inputs.documents[index].settings.name;
    let old_names = old.names.types_by_pointer(name);
    let places = schema_places(old_value, new_value, &old_names);
    let kept_names = NamesByDocument::from([(name.clone(), places.kept_names(&old_names))]);
    let lower = |updated: &UpdatedOverlays| {
        let overlays = overlays.updated(&updated.overlays);
        LoweredDocument::new(new_inputs, &overlays, table, kept_names.clone())
    };
    let updated = || update_overlays((inputs, index), overlays, (old_value, new_value), &places);
    // Updating the overlays takes a while, and so does lowering a document for nothing.
    let mut updated_overlays = match places.are_unchanged() {
        true => UpdatedOverlays::unchanged(&inputs.overlays),
        false => updated(),
    };
    let mut lowered = lower(&updated_overlays);
    let fits = lowered.as_ref().is_ok_and(|it| it.stale_actions.is_empty());
    if !fits && places.are_unchanged() {
        updated_overlays = updated();
        lowered = lower(&updated_overlays);
    }
    if let Ok(new) = &lowered
        && !new.stale_actions.is_empty()
    {
        updated_overlays = remove_stale_documentation(updated_overlays, &new.stale_actions);
        lowered = lower(&updated_overlays);
    }
    AdoptedDocument {
        lowered,
        overlays: updated_overlays,
    }
}
