//! Every public name: the table `names.toml`, default names for what it lacks, and Rust's spelling
//! of wire names.

mod completed_names;
mod default_names;
mod item_names;
mod name_keys;
mod name_syntax;
mod name_table;
mod names_by_pointer;
mod names_lookup;
mod reserved_modules;
mod reserved_names;
mod rust_spelling;

pub(crate) use completed_names::CompletedNames;
pub(crate) use default_names::{default_operation_name, singular};
pub(crate) use name_keys::{NameKey, TypeKey};
pub(crate) use name_syntax::{OperationName, TypeName};
pub(crate) use name_table::NameTable;
pub(crate) use names_by_pointer::{NamesByDocument, NamesByPointer};
pub(crate) use names_lookup::{Finished, Names};
pub(crate) use reserved_names::field_with_setter;
pub(crate) use rust_spelling::{
    is_identifier, pascal_case, snake_case_ident, type_ident, variant_name,
};
