//! The names that operations, types and fields cannot have, because the generated code already gives them a meaning.

use super::rust_spelling::is_identifier;

/// Types and traits that generated code uses by these names: those of the prelude, and those that it imports.
const RESERVED_TYPES: [&str; 30] = [
    "BTreeMap",
    "Box",
    "Call",
    "Client",
    "ClientConfig",
    "ClientHandle",
    "Cow",
    "DateTime",
    "Default",
    "File",
    "From",
    "Into",
    "IntoIterator",
    "IntoList",
    "List",
    "Map",
    "Metadata",
    "Nullable",
    "Option",
    "OrderBy",
    "Paging",
    "Request",
    "Result",
    "Self",
    "String",
    "Timestamp",
    "UnknownValue",
    "UnknownVariant",
    "Value",
    "Vec",
];

/// Variants that the enum of events has besides the kinds of events.
const RESERVED_VARIANTS: [&str; 2] = ["Malformed", "Unknown"];

/// Functions that each client of a resource has besides its operations.
const RESERVED_FUNCTIONS: [&str; 4] = ["clone", "default", "from_handle", "new"];

/// Functions that each struct of a request has besides its setters.
const RESERVED_SETTERS: [&str; 3] = ["clone", "default", "new"];

pub(super) fn is_reserved_type(name: &str) -> bool {
    RESERVED_TYPES.contains(&name)
}

pub(super) fn is_reserved_function(name: &str) -> bool {
    RESERVED_FUNCTIONS.contains(&name)
}

pub(super) fn is_reserved_variant(name: &str) -> bool {
    RESERVED_VARIANTS.contains(&name)
}

/// Returns the default name of a type: `ClientResource` if it would be called `Client`.
pub(super) fn allowed_type(name: String) -> String {
    match is_reserved_type(&name) {
        true => format!("{name}Resource"),
        false => name,
    }
}

/// Returns the default name of an event's variant: `UnknownEvent` if it would be called `Unknown`.
pub(super) fn allowed_variant(name: String) -> String {
    match is_reserved_variant(&name) {
        true => format!("{name}Event"),
        false => name,
    }
}

/// Returns the default name of a function: `new_session` if it would be called `new`.
pub(super) fn allowed_function(name: String, module: &str) -> String {
    match is_reserved_function(&name) || !is_identifier(&name) {
        true => format!("{name}_{module}"),
        false => name,
    }
}

/// Returns the identifier of a field that has a setter of the same name.
pub(crate) fn field_with_setter(ident: String) -> String {
    match RESERVED_SETTERS.contains(&&*ident) {
        true => format!("{ident}_"),
        false => ident,
    }
}
