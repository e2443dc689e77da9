//! The names of types by the places of their schemas.

use std::collections::BTreeMap;

use super::name_syntax::TypeName;

/// Names by the JSON pointer of the schema that has them.
pub(crate) type NamesByPointer = BTreeMap<String, TypeName>;

/// Names of schemas for each document, by its name in the settings.
pub(crate) type NamesByDocument = BTreeMap<String, NamesByPointer>;
