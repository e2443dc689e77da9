//! Stage 1: the API description with the overlays applied, parsed without loss and with every
//! reference resolved.

mod lossless;
mod openapi_document;
mod overlay;
mod parse;
mod references;

pub(crate) use openapi_document::{Document, component_name};
pub(crate) use parse::{parse, parse_allowing_stale_actions};
pub(crate) use references::check_references;
