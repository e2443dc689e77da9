//! Classifies schemas. OpenAPI allows one type to be written in many ways; the generator supports
//! these forms.

use openapiv3::{
    AdditionalProperties, AnySchema, ReferenceOr, Schema, SchemaKind, StringFormat, Type,
    VariantOrUnknownOrEmpty,
};

/// A schema or a reference to one.
pub(super) type SchemaRef = ReferenceOr<Schema>;

/// The forms of schemas that the generator supports.
pub(super) enum SchemaForm<'a> {
    Reference(&'a str),
    /// A string. `values` is not empty if it is an enum.
    String {
        values: Vec<&'a str>,
        format: Option<&'a str>,
    },
    Integer,
    Number,
    Bool,
    Array(Option<SchemaRef>),
    Object(ObjectForm),
    /// Alternatives: `oneOf` or `anyOf`.
    OneOf(&'a [SchemaRef]),
    /// Parts that are merged, and the required properties that no part has to list.
    AllOf(&'a [SchemaRef], &'a [String]),
    AnyValue,
    /// A form that is not supported, with the reason.
    Unsupported(&'static str),
}

/// The properties of an object.
#[derive(Default)]
pub(super) struct ObjectForm {
    pub(super) properties: Vec<(String, SchemaRef)>,
    pub(super) required: Vec<String>,
    /// The schema of additional properties, unless it allows any value.
    pub(super) additional: Option<SchemaRef>,
}

impl SchemaForm<'_> {
    /// Classifies a schema.
    pub(super) fn of(schema: &SchemaRef) -> SchemaForm<'_> {
        let schema = match schema {
            ReferenceOr::Reference { reference } => return SchemaForm::Reference(reference),
            ReferenceOr::Item(schema) => schema,
        };
        match &schema.schema_kind {
            SchemaKind::Type(ty) => typed_form(ty),
            SchemaKind::OneOf { one_of } => SchemaForm::OneOf(one_of),
            SchemaKind::AnyOf { any_of } => SchemaForm::OneOf(any_of),
            SchemaKind::AllOf { all_of } => SchemaForm::AllOf(all_of, &[]),
            SchemaKind::Not { .. } => {
                SchemaForm::Unsupported("`not` excludes a schema, which no Rust type can express")
            }
            SchemaKind::Any(any) => untyped_form(any),
        }
    }
}

fn typed_form(ty: &Type) -> SchemaForm<'_> {
    match ty {
        Type::String(string) => SchemaForm::String {
            values: string
                .enumeration
                .iter()
                .flatten()
                .map(String::as_str)
                .collect(),
            format: match &string.format {
                VariantOrUnknownOrEmpty::Item(StringFormat::Binary) => Some("binary"),
                VariantOrUnknownOrEmpty::Item(StringFormat::Date) => Some("date"),
                VariantOrUnknownOrEmpty::Item(StringFormat::DateTime) => Some("date-time"),
                VariantOrUnknownOrEmpty::Unknown(format) => Some(format),
                _ => None,
            },
        },
        Type::Integer(_) => SchemaForm::Integer,
        Type::Number(_) => SchemaForm::Number,
        Type::Boolean(_) => SchemaForm::Bool,
        Type::Array(array) => SchemaForm::Array(array.items.clone().map(ReferenceOr::unbox)),
        Type::Object(object) => SchemaForm::Object(ObjectForm {
            properties: unboxed(&object.properties),
            required: object.required.clone(),
            additional: additional_schema(object.additional_properties.as_ref()),
        }),
    }
}

/// Classifies a schema that mixes forms or has no type.
fn untyped_form(any: &AnySchema) -> SchemaForm<'_> {
    let is_object = any.typ.as_deref().is_none_or(|typ| typ == "object");
    if !is_object {
        return SchemaForm::Unsupported("it mixes a type with `oneOf`, `allOf` or `anyOf`");
    }
    let has_properties = !any.properties.is_empty();
    match (has_properties, &*any.one_of, &*any.all_of, &*any.any_of) {
        (_, _, _, any_of) if !any_of.is_empty() && any_of.iter().all(only_requires) => {
            object_form(any)
        }
        (true, [], [], []) => object_form(any),
        (false, one_of, [], []) if !one_of.is_empty() => SchemaForm::OneOf(one_of),
        (false, [], all_of, []) if !all_of.is_empty() => SchemaForm::AllOf(all_of, &any.required),
        (false, [], [], any_of) if !any_of.is_empty() => SchemaForm::OneOf(any_of),
        (false, [], [], []) => match any.typ {
            Some(_) => object_form(any),
            None => SchemaForm::AnyValue,
        },
        _ => SchemaForm::Unsupported("it mixes `properties`, `oneOf`, `allOf` or `anyOf`"),
    }
}

fn object_form(any: &AnySchema) -> SchemaForm<'_> {
    SchemaForm::Object(ObjectForm {
        properties: unboxed(&any.properties),
        required: any.required.clone(),
        additional: additional_schema(any.additional_properties.as_ref()),
    })
}

/// Returns whether a branch of `anyOf` only lists required properties. Such a branch constrains the
/// sender and does not change the type.
fn only_requires(schema: &SchemaRef) -> bool {
    let ReferenceOr::Item(schema) = schema else {
        return false;
    };
    match &schema.schema_kind {
        SchemaKind::Any(any) => {
            let bare = AnySchema {
                required: any.required.clone(),
                ..AnySchema::default()
            };
            *any == bare && !any.required.is_empty()
        }
        _ => false,
    }
}

fn unboxed(
    properties: &indexmap::IndexMap<String, ReferenceOr<Box<Schema>>>,
) -> Vec<(String, SchemaRef)> {
    properties
        .iter()
        .map(|(name, schema)| (name.clone(), schema.clone().unbox()))
        .collect()
}

fn additional_schema(properties: Option<&AdditionalProperties>) -> Option<SchemaRef> {
    match properties {
        Some(AdditionalProperties::Schema(schema)) => match SchemaForm::of(schema) {
            SchemaForm::AnyValue => None,
            _ => Some((**schema).clone()),
        },
        Some(AdditionalProperties::Any(_)) | None => None,
    }
}
