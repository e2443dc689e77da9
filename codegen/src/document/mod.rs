//! Stage 1: the API description with the overlays applied, parsed without loss and with every
//! reference resolved.

mod lossless;
mod openapi_document;
mod overlay;
mod overlay_text;
mod parse;
mod references;

pub(crate) use openapi_document::{Document, component_name};
pub(crate) use overlay::{ParentCache, apply_action, parse as parse_overlay};
pub(crate) use overlay_text::{OverlayText, edit_targets};
pub(crate) use parse::{parse, parse_allowing_stale_actions};
pub(crate) use references::check_references;
