//! Every public name: the table `names.toml`, default names for what it lacks, and Rust's spelling
//! of wire names.

mod default_names;
mod name_syntax;
mod name_table;
mod reserved_modules;
mod reserved_names;
mod rust_spelling;
mod table_updates;

pub(crate) use default_names::{default_operation_name, singular};
pub(crate) use name_syntax::{OperationName, TypeName};
pub(crate) use name_table::Names;
pub(crate) use reserved_names::field_with_setter;
pub(crate) use rust_spelling::{
    is_identifier, pascal_case, snake_case_ident, type_ident, variant_name,
};
