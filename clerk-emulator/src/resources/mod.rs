//! What all resources share: how records are created, changed, listed and rendered, by the tables of `tables`.

pub(crate) mod call;
pub(crate) mod changes;
pub(crate) mod images;
pub(crate) mod listing;
pub(crate) mod metadata;
pub(crate) mod rendering;
pub(crate) mod resource;
pub(crate) mod singleton;
pub(crate) mod table;
mod template;
