//! The location of a schema: its JSON pointer, its key in `names.toml`, and its default name.

use crate::json_pointer::escape;
use crate::model::Role;
use crate::names::{TypeKey, TypeName, pascal_case, singular};

/// The location of a schema in the document.
#[derive(Clone)]
pub(super) struct SchemaLocation {
    /// The JSON pointer, for errors.
    pub(super) pointer: String,
    /// The key in `names.toml`: `User/verification`, `ListInvitations.query/status`.
    pub(super) key: TypeKey,
    /// The type's name if `names.toml` has no entry for the key.
    pub(super) default_name: TypeName,
    pub(super) role: Role,
}

impl SchemaLocation {
    /// Returns a location within this one; `suffix` extends the default name.
    pub(super) fn child(&self, pointer: &str, key: &str, suffix: &str) -> Self {
        Self {
            pointer: format!("{}/{pointer}", self.pointer),
            key: self.key.child(key),
            default_name: TypeName {
                module: self.default_name.module.clone(),
                name: format!("{}{}", self.default_name.name, pascal_case(suffix)),
            },
            role: self.role,
        }
    }

    pub(super) fn property(&self, name: &str) -> Self {
        self.child(&format!("properties/{}", escape(name)), name, name)
    }

    /// Returns the location of an array's items, which are by default named by the singular of the
    /// array's name.
    pub(super) fn items(&self) -> Self {
        let mut location = self.child("items", "[]", "");
        location.default_name.name = singular(&self.default_name.name);
        location
    }
}
