//! Stage 1: the API description with the overlays applied, parsed without loss and with every
//! reference resolved.

mod extensions;
mod invalid_objects;
mod lossless;
mod openapi_document;
mod openapi_objects;
mod origins;
mod overlay;
mod overlay_action;
mod overlay_lines;
mod overlay_syntax;
mod overlay_text;
mod parse;
mod parsed_overlay;
mod plain_values;
mod property_cache;
mod references;
mod schema_cycles;

pub(crate) use openapi_document::{Document, component_name};
pub(crate) use overlay_action::{Action, apply_action};
pub(crate) use overlay_lines::edit_targets;
pub(crate) use overlay_text::OverlayText;
pub(crate) use parse::{parse, parse_allowing_stale_actions};
pub(crate) use parsed_overlay::{Overlays, ParsedOverlay};
pub use plain_values::{parse_json, parse_yaml};
pub(crate) use property_cache::PropertyCache;
pub(crate) use references::check_references;
