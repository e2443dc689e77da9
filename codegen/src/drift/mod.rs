//! Drift detection: what changed upstream, and how the changes affect callers of the SDK.
//!
//! `detect_drift` runs the steps, each in a file of its own:
//!
//! 1. `detect_renames` finds what upstream renamed, and `apply_renames` restores the old names
//!    and writes the new ones, `rename_targets` those in overlays.
//! 2. `compare_documents` and the other `compare_*` files list the differences between the
//!    documents.
//! 3. `schema_places` finds where each schema is in the new document, so that types keep their names,
//!    and `update_overlays` lets the overlays follow. `adopt_document` lowers the new document with
//!    both.
//! 4. `public_api` emits the code of both documents and compares the `emitted_items`; `generated_items`
//!    tells which of them each element of a document is generated to.
//! 5. `classify_change` decides how severe a difference is: it is breaking if a public item that it
//!    affects is different afterwards.
//! 6. `unexplained_items` and `unexplained_facts` report differences that step 2 did not find.

mod adopt_document;
mod apply_renames;
mod change;
mod classify_change;
mod compare_content;
mod compare_documents;
mod compare_operations;
mod compare_parameters;
mod compare_responses;
mod compare_schemas;
mod describe_schema;
mod detect_drift;
mod detect_renames;
mod difference;
mod document_node;
mod drift_report;
mod emitted_items;
mod generated_items;
mod json_document;
mod json_path;
mod lowered_document;
mod owning_resource;
mod public_api;
mod rename_targets;
mod render_tokens;
mod schema_places;
mod severity;
mod stale_documentation;
mod unexplained_facts;
mod unexplained_items;
mod unwrapped_schema;
mod update_overlays;

pub use change::{Change, ChangeKind};
pub use detect_drift::detect_drift;
pub use drift_report::DriftReport;
pub use severity::{SemverBump, Severity};
