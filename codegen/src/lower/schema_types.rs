//! The type of a schema: decides by the schema's form and annotations.

use std::collections::BTreeMap;

use super::context::LoweringContext;
use super::schema_form::{SchemaForm, SchemaRef};
use super::schema_location::SchemaLocation;
use super::union_types::discriminator_property;
use crate::model::{Role, Shape, Type};
use crate::names::{is_identifier, variant_name};

/// How many schemas can contain one another. Without a limit, a document could exhaust the stack.
const MAX_DEPTH: usize = 64;

impl LoweringContext<'_> {
    /// Returns the type of a schema, and defines the structs and enums that it needs.
    pub(super) fn schema_type(&mut self, schema: &SchemaRef, location: &SchemaLocation) -> Type {
        if self.depth == MAX_DEPTH {
            let message =
                "schemas are nested too deeply here: describe them differently in an overlay";
            self.problem(&location.pointer, message);
            return Type::Json;
        }
        self.depth += 1;
        let ty = self.type_by_form(schema, location);
        self.depth -= 1;
        ty
    }

    fn type_by_form(&mut self, schema: &SchemaRef, location: &SchemaLocation) -> Type {
        let annotations = self.annotations(schema);
        if let Some(unit) = annotations.timestamp_unit
            && let Some(ty) = self.timestamp_type(&unit, schema, location)
        {
            return ty;
        }
        if annotations.is_metadata && self.is_metadata(schema, location) {
            return Type::Metadata;
        }
        if annotations.is_sort_field {
            self.check_sort_field(schema, location);
        }
        match SchemaForm::of(schema) {
            SchemaForm::Reference(reference) => self.component_type(reference, location.role),
            SchemaForm::String { values, format } => {
                self.string_type(schema, &values, format, location)
            }
            SchemaForm::Integer => Type::Integer,
            SchemaForm::Number => Type::Number,
            SchemaForm::Bool => Type::Bool,
            SchemaForm::Array(None) => Type::Array(Box::new(Type::Json)),
            SchemaForm::Array(Some(items)) => {
                Type::Array(Box::new(self.element_type(&items, &location.items())))
            }
            SchemaForm::Object(object) => self.object_type(schema, &object, location),
            SchemaForm::OneOf([single]) if discriminator_property(schema).is_none() => {
                self.schema_type(single, location)
            }
            SchemaForm::OneOf(members) => self.union_type(schema, members, location),
            SchemaForm::AllOf([single], []) => self.schema_type(single, location),
            SchemaForm::AllOf(..) => self.merged_object_type(schema, location),
            SchemaForm::AnyValue => Type::Json,
            SchemaForm::Unsupported(reason) => {
                let message = format!(
                    "this kind of schema is not supported: {reason}; describe it differently in an overlay"
                );
                self.problem(&location.pointer, message);
                Type::Json
            }
        }
    }

    /// Returns the type of an array's items or a map's values. Only JSON in requests has nulls there: a query and a form
    /// cannot encode one, and a response's null decodes to the default.
    pub(super) fn element_type(&mut self, schema: &SchemaRef, location: &SchemaLocation) -> Type {
        let ty = self.schema_type(schema, location);
        let has_null = location.role == Role::Request && self.annotations(schema).nullable;
        match ty {
            Type::Json => Type::Json,
            ty if has_null => Type::Nullable(Box::new(ty)),
            ty => ty,
        }
    }

    /// Returns the type of a timestamp. If its unit does not match the form of the schema, the form
    /// decides: a number has milliseconds, and a string RFC 3339.
    fn timestamp_type(
        &mut self,
        unit: &str,
        schema: &SchemaRef,
        location: &SchemaLocation,
    ) -> Option<Type> {
        let (ty, expected) = match self.resolved_form(schema, &location.pointer).0 {
            SchemaForm::Integer | SchemaForm::Number => (Some(Type::Timestamp), "ms"),
            SchemaForm::String { values, format } if values.is_empty() && is_date_time(format) => {
                (Some(Type::DateTime), "rfc3339")
            }
            SchemaForm::AllOf([single], []) | SchemaForm::OneOf([single]) => {
                return self.timestamp_type(unit, single, location);
            }
            _ => (None, "no timestamp"),
        };
        if unit != expected {
            let message = format!(
                "`x-timestamp: {unit}` does not match the schema, which is treated as `{expected}`: a number takes `ms`, a string `rfc3339`; add an action for this field to the overlay"
            );
            self.note(&location.pointer, message);
        }
        ty
    }

    /// Returns whether a schema that is annotated as metadata is an object without properties.
    fn is_metadata(&mut self, schema: &SchemaRef, location: &SchemaLocation) -> bool {
        let is_free_form = matches!(
            SchemaForm::of(schema),
            SchemaForm::Object(object) if object.properties.is_empty() && object.additional.is_none()
        );
        if !is_free_form {
            let message = "`x-metadata` is only for objects whose properties have no schema, so it is ignored here; correct the overlay";
            self.note(&location.pointer, message);
        }
        is_free_form
    }

    /// Reports a field to sort by that is not an enum, or not in a query.
    fn check_sort_field(&mut self, schema: &SchemaRef, location: &SchemaLocation) {
        if !is_enum(schema) {
            let message = "`x-sort-field` is only for an `enum` of several strings, so it is ignored here; correct the overlay";
            self.note(&location.pointer, message);
        } else if location.role != Role::Query {
            let message = "`x-sort-field` is only for query parameters; correct the overlay";
            self.problem_with("/x-sort-field", &location.pointer, message);
        }
    }

    /// Reports values of an enum without a variant of their own.
    fn check_variants_of(&mut self, values: &[String], location: &SchemaLocation) {
        let mut variants: BTreeMap<String, &String> = BTreeMap::new();
        for value in values {
            let variant = variant_name(value);
            let problem = if !is_identifier(&variant) {
                format!("no Rust name can be derived from the value {value:?}")
            } else if let Some(other) = variants.insert(variant.clone(), value) {
                format!("the values {other:?} and {value:?} are both named `{variant}` in Rust")
            } else {
                continue;
            };
            let message = format!(
                "{problem}: remove it with an overlay; it still decodes, as an unknown value"
            );
            self.problem(&location.pointer, message);
        }
    }

    fn string_type(
        &mut self,
        schema: &SchemaRef,
        values: &[&str],
        format: Option<&str>,
        location: &SchemaLocation,
    ) -> Type {
        match (values, format) {
            (_, Some("binary")) => Type::File,
            (_, Some("date-time")) => Type::DateTime,
            // An enum with one value is a constant, which the type of the object implies.
            ([] | [_], _) => Type::String,
            _ => {
                let mut values: Vec<String> = values.iter().map(|it| (*it).to_owned()).collect();
                values.sort();
                values.dedup();
                self.check_variants_of(&values, location);
                let mut annotations = self.annotations(schema);
                // The description of an inline enum documents the field, not the type.
                annotations.docs = annotations.type_docs.take();
                self.define_type(location, Shape::Strings(values), annotations)
            }
        }
    }
}

/// Returns whether a schema is an enum of several strings.
pub(super) fn is_enum(schema: &SchemaRef) -> bool {
    matches!(SchemaForm::of(schema), SchemaForm::String { values, .. } if values.len() > 1)
}

/// Returns whether a string of this format can be a time.
fn is_date_time(format: Option<&str>) -> bool {
    matches!(format, None | Some("date-time"))
}
