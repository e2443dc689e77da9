//! What form of schema stands at a place. The parser keeps OpenAPI's freedom; this takes it away.

use openapiv3::{
    AdditionalProperties, AnySchema, ReferenceOr, Schema, SchemaKind, StringFormat, Type,
    VariantOrUnknownOrEmpty,
};

/// A property: boxed as openapiv3 has it, or not.
pub(crate) type SchemaRef = ReferenceOr<Schema>;

/// The forms of schema that this generator knows.
pub(crate) enum Form<'a> {
    Reference(&'a str),
    /// A string with these values, if they are limited.
    Text {
        values: Vec<&'a str>,
        format: Option<&'a str>,
    },
    Integer,
    Number,
    Bool,
    Array(Option<SchemaRef>),
    Object(ObjectForm),
    /// Several shapes, any one of which holds.
    OneOf(&'a [SchemaRef]),
    /// Several shapes, all of which hold.
    AllOf(&'a [SchemaRef]),
    Anything,
    /// A form this generator does not know, and what is odd about it.
    Unknown(&'static str),
}

/// An object's own members.
#[derive(Default)]
pub(crate) struct ObjectForm {
    pub(crate) properties: Vec<(String, SchemaRef)>,
    pub(crate) required: Vec<String>,
    /// The schema of further members, where it says more than "anything".
    pub(crate) values: Option<SchemaRef>,
}

/// Sees which form a schema has.
pub(crate) fn form(schema: &SchemaRef) -> Form<'_> {
    let schema = match schema {
        ReferenceOr::Reference { reference } => return Form::Reference(reference),
        ReferenceOr::Item(schema) => schema,
    };
    match &schema.schema_kind {
        SchemaKind::Type(ty) => type_form(ty),
        SchemaKind::OneOf { one_of } => Form::OneOf(one_of),
        SchemaKind::AnyOf { any_of } => Form::OneOf(any_of),
        SchemaKind::AllOf { all_of } => Form::AllOf(all_of),
        SchemaKind::Not { .. } => Form::Unknown("`not` excludes a schema, which no Rust type does"),
        SchemaKind::Any(any) => any_form(any),
    }
}

fn type_form(ty: &Type) -> Form<'_> {
    match ty {
        Type::String(text) => Form::Text {
            values: text
                .enumeration
                .iter()
                .flatten()
                .map(String::as_str)
                .collect(),
            format: match &text.format {
                VariantOrUnknownOrEmpty::Item(StringFormat::Binary) => Some("binary"),
                VariantOrUnknownOrEmpty::Item(StringFormat::DateTime) => Some("date-time"),
                VariantOrUnknownOrEmpty::Unknown(format) => Some(format),
                _ => None,
            },
        },
        Type::Integer(_) => Form::Integer,
        Type::Number(_) => Form::Number,
        Type::Boolean(_) => Form::Bool,
        Type::Array(array) => Form::Array(array.items.clone().map(ReferenceOr::unbox)),
        Type::Object(object) => Form::Object(ObjectForm {
            properties: unboxed(&object.properties),
            required: object.required.clone(),
            values: further(object.additional_properties.as_ref()),
        }),
    }
}

/// A schema that mixes forms, or has no type.
fn any_form(any: &AnySchema) -> Form<'_> {
    let is_object = any.typ.as_deref().is_none_or(|typ| typ == "object");
    if !is_object {
        return Form::Unknown("it mixes a type with `oneOf`, `allOf` or `anyOf`");
    }
    let has_members = !any.properties.is_empty();
    match (has_members, &*any.one_of, &*any.all_of, &*any.any_of) {
        (_, _, _, any_of) if !any_of.is_empty() && any_of.iter().all(only_requires) => own(any),
        (true, [], [], []) => own(any),
        (false, one_of, [], []) if !one_of.is_empty() => Form::OneOf(one_of),
        (false, [], all_of, []) if !all_of.is_empty() => Form::AllOf(all_of),
        (false, [], [], any_of) if !any_of.is_empty() => Form::OneOf(any_of),
        (false, [], [], []) => match any.typ {
            Some(_) => own(any),
            None => Form::Anything,
        },
        _ => Form::Unknown("it mixes `properties`, `oneOf`, `allOf` or `anyOf`"),
    }
}

fn own(any: &AnySchema) -> Form<'_> {
    Form::Object(ObjectForm {
        properties: unboxed(&any.properties),
        required: any.required.clone(),
        values: further(any.additional_properties.as_ref()),
    })
}

/// Whether a branch of `anyOf` adds nothing but required members: a rule for the sender of an
/// answer, and none that changes a type.
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

fn further(additional: Option<&AdditionalProperties>) -> Option<SchemaRef> {
    match additional {
        Some(AdditionalProperties::Schema(schema)) => match form(schema) {
            Form::Anything => None,
            _ => Some((**schema).clone()),
        },
        Some(AdditionalProperties::Any(_)) | None => None,
    }
}
