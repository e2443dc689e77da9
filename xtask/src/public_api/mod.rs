//! The public API of `clerk-sdk`, read from the JSON that rustdoc writes.

mod listing;
mod path_names;
mod response_methods;
mod rustdoc;
mod surface;

pub(crate) use listing::files;
pub(crate) use response_methods::ambiguous_names;
pub(crate) use rustdoc::{document, run_as_rustdoc};
pub(crate) use surface::Surface;
