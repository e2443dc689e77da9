//! Seeds: files from which instances begin, with the ids that their authors choose.
//!
//! A seed is an object in YAML or JSON. Its members are lists of what is to be created: each item has the members of the
//! body with which the API creates it, those that its path names, and optionally `id`. A few members are objects instead:
//! settings and options. See [`sections`] for all of them.

mod apply;
mod document;
mod error;
mod item;
mod sections;

pub(crate) use apply::apply;
pub(crate) use document::SeedDocument;
pub use error::SeedError;
pub(crate) use item::Item;
