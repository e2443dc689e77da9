//! Annotations of a schema: its documentation, nullability, and the overlays' extensions such as
//! `x-timestamp`, `x-metadata`, `x-constant` and `x-secret`.

use std::collections::BTreeMap;

use openapiv3::{ReferenceOr, Schema, SchemaKind};
use serde_json::Value;

use super::context::LoweringContext;
use super::schema_form::SchemaRef;
use crate::document::component_name;

/// The annotations of a schema: everything that it states besides its form.
#[derive(Default)]
pub(super) struct Annotations {
    pub(super) docs: Option<String>,
    /// The documentation of the type, if it differs from that of the field.
    pub(super) type_docs: Option<String>,
    /// The documentation of the values of an enum.
    pub(super) value_docs: BTreeMap<String, String>,
    pub(super) nullable: bool,
    pub(super) deprecated: bool,
    pub(super) secret: bool,
    /// Whether the property always has the only value of its schema.
    pub(super) is_constant: bool,
    /// Whether responses may lack the property although it is required.
    pub(super) may_be_missing: bool,
    /// Whether the values of an enum are fields to sort by.
    pub(super) is_sort_field: bool,
    /// Whether the schema is metadata.
    pub(super) is_metadata: bool,
    /// The unit, if the schema is a timestamp.
    pub(super) timestamp_unit: Option<String>,
}

impl LoweringContext<'_> {
    /// Collects the annotations of a schema. References and a single `allOf` are followed.
    pub(super) fn annotations(&self, schema: &SchemaRef) -> Annotations {
        let schema: &Schema = match schema {
            ReferenceOr::Reference { reference } => {
                let component = self.document.schema(component_name(reference));
                let annotations = component.map(|it| self.annotations(it));
                // The documentation of a component belongs to its type, not to each field of it.
                return Annotations {
                    docs: None,
                    type_docs: None,
                    ..annotations.unwrap_or_default()
                };
            }
            ReferenceOr::Item(schema) => schema,
        };
        let data = &schema.schema_data;
        let inner = match single_subschema(schema) {
            Some(single) => self.annotations(single),
            None => Annotations::default(),
        };
        let extension = |name: &str| data.extensions.get(name);
        let type_extension = |name: &str| extension("x-type")?.get(name);
        let timestamp_unit = extension("x-timestamp").and_then(Value::as_str);
        Annotations {
            docs: data.description.clone(),
            type_docs: type_extension("about").and_then(|it| it.as_str().map(str::to_owned)),
            value_docs: type_extension("values")
                .map(string_members)
                .unwrap_or_default(),
            nullable: data.nullable || inner.nullable || self.has_nullable_member(schema),
            deprecated: data.deprecated,
            is_constant: extension("x-constant").is_some_and(|it| it == true),
            may_be_missing: extension("x-may-be-missing").is_some_and(|it| it == true),
            secret: extension("x-secret").is_some_and(|it| it == true) || inner.secret,
            is_metadata: extension("x-metadata").is_some_and(|it| it == true) || inner.is_metadata,
            is_sort_field: extension("x-sort-field").is_some_and(|it| it == true)
                || inner.is_sort_field,
            timestamp_unit: timestamp_unit.map(str::to_owned).or(inner.timestamp_unit),
        }
    }

    /// Returns whether a member of a union is nullable: then the union is.
    fn has_nullable_member(&self, schema: &Schema) -> bool {
        let members = match &schema.schema_kind {
            SchemaKind::OneOf { one_of: members } | SchemaKind::AnyOf { any_of: members } => {
                members
            }
            _ => return false,
        };
        members
            .iter()
            .any(|member| self.annotations(member).nullable)
    }
}

fn string_members(object: &Value) -> BTreeMap<String, String> {
    let members = object.as_object().into_iter().flatten();
    members
        .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.trim().to_owned())))
        .collect()
}

/// Returns the only member of an `allOf` or `oneOf`.
fn single_subschema(schema: &Schema) -> Option<&SchemaRef> {
    let subschemas = match &schema.schema_kind {
        SchemaKind::AllOf { all_of } => all_of,
        SchemaKind::OneOf { one_of } => one_of,
        SchemaKind::Any(any) if !any.all_of.is_empty() => &any.all_of,
        SchemaKind::Any(any) => &any.one_of,
        _ => return None,
    };
    match &**subschemas {
        [single] => Some(single),
        _ => None,
    }
}
