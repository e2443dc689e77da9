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
    let lower = |overlays: &UpdatedOverlays| {
        let overlays = &overlays.overlays;
        LoweredDocument::new(new_inputs, overlays, table, kept_names.clone())
    };
    let update = || update_overlays((inputs, index), overlays, (old_value, new_value), &places);
    // Updating the overlays takes a while, and so does lowering a document for nothing.
    let may_fit = places.are_unchanged();
    let mut overlays = match may_fit {
        true => UpdatedOverlays::unchanged(overlays),
        false => update(),
    };
    let mut lowered = lower(&overlays);
    let fits = lowered.as_ref().is_ok_and(|it| it.stale_actions.is_empty());
    if may_fit && !fits {
        overlays = update();
        lowered = lower(&overlays);
    }
    if let Ok(new) = &lowered
        && !new.stale_actions.is_empty()
    {
        overlays = remove_stale_documentation(overlays, &new.stale_actions);
        lowered = lower(&overlays);
    }
    AdoptedDocument { lowered, overlays }
}
