//! The model's types as the OpenAPI document that progenitor reads.

use std::collections::BTreeMap;
use std::iter;

use openapiv3::{
    AdditionalProperties, ArrayType, BooleanType, Components, IntegerFormat, IntegerType,
    NumberFormat, NumberType, ObjectType, OpenAPI, ReferenceOr, Schema, SchemaData, SchemaKind,
    StringType, Type as SchemaType, VariantOrUnknownOrEmpty,
};
use progenitor_impl::GenerationSettings;

use crate::model::{Api, Field, Namespace, Shape, Type};

/// The input of progenitor.
pub(super) struct ProgenitorInput {
    pub(super) openapi: OpenAPI,
    pub(super) settings: GenerationSettings,
}

/// Types of the SDK's core. Each is declared under its own name, which progenitor does not change.
const CORE_TYPES: [&str; 4] = ["Timestamp", "DateTime", "File", "Metadata"];

impl ProgenitorInput {
    pub(super) fn new(api: &Api) -> Self {
        let keys = TypeKeys::new(api);
        let mut settings = GenerationSettings::default();
        settings.with_map_type("::std::collections::BTreeMap");
        let mut components = Components::default();
        let mut declare_opaque = |name: &str, components: &mut Components| {
            settings.with_replacement(name, name, iter::empty());
            let placeholder = item(SchemaType::String(StringType::default()));
            components.schemas.insert(name.to_owned(), placeholder);
        };
        for name in CORE_TYPES {
            declare_opaque(name, &mut components);
        }
        for (index, ty) in api.types.iter().enumerate() {
            let key = TypeKeys::key(index);
            let schema = match &ty.shape {
                Shape::Object(object) => keys.object(&object.fields),
                Shape::Strings(_) | Shape::Union(_) => {
                    declare_opaque(&key, &mut components);
                    continue;
                }
            };
            components.schemas.insert(key, schema);
        }
        let openapi = OpenAPI {
            openapi: "3.0.3".to_owned(),
            components: Some(components),
            ..OpenAPI::default()
        };
        Self { openapi, settings }
    }
}

/// The keys of the types. They are numbered, as progenitor would change the spelling of some names.
pub(super) struct TypeKeys(BTreeMap<(Namespace, String), String>);

impl TypeKeys {
    fn new(api: &Api) -> Self {
        let types = api.types.iter().enumerate();
        Self(
            types
                .map(|(index, ty)| ((ty.namespace.clone(), ty.name.clone()), Self::key(index)))
                .collect(),
        )
    }

    /// Returns the key of the type at `index` in the model.
    pub(super) fn key(index: usize) -> String {
        format!("T{index}")
    }

    fn object(&self, fields: &[Field]) -> ReferenceOr<Schema> {
        let mut object = ObjectType::default();
        for (index, field) in fields.iter().enumerate() {
            let (key, schema) = (field_key(index), boxed(self.schema(&field.ty)));
            object.properties.insert(key.clone(), schema);
            object.required.push(key);
        }
        item(SchemaType::Object(object))
    }

    fn schema(&self, ty: &Type) -> ReferenceOr<Schema> {
        match ty {
            Type::Unit | Type::Json => ReferenceOr::Item(Schema {
                schema_data: SchemaData::default(),
                schema_kind: SchemaKind::Any(Default::default()),
            }),
            Type::String => item(SchemaType::String(StringType::default())),
            Type::Bool => item(SchemaType::Boolean(BooleanType::default())),
            Type::Integer => item(SchemaType::Integer(IntegerType {
                format: VariantOrUnknownOrEmpty::Item(IntegerFormat::Int64),
                ..IntegerType::default()
            })),
            Type::Number => item(SchemaType::Number(NumberType {
                format: VariantOrUnknownOrEmpty::Item(NumberFormat::Double),
                ..NumberType::default()
            })),
            Type::Timestamp => reference("Timestamp"),
            Type::DateTime => reference("DateTime"),
            Type::File => reference("File"),
            Type::Metadata => reference("Metadata"),
            Type::JsonObject => map(AdditionalProperties::Any(true)),
            Type::Map(values) => map(AdditionalProperties::Schema(Box::new(self.schema(values)))),
            Type::Nullable(value) => nullable(self.schema(value)),
            Type::Array(items) | Type::List(items) => item(SchemaType::Array(ArrayType {
                items: Some(boxed(self.schema(items))),
                min_items: None,
                max_items: None,
                unique_items: false,
            })),
            Type::Named(namespace, name) => {
                let name = (namespace.clone(), name.clone());
                reference(
                    self.0
                        .get(&name)
                        .expect("the model defines every type that it names"),
                )
            }
        }
    }
}

/// Returns the key of the field at `index` of a struct. They are numbered for the same reason as types.
pub(super) fn field_key(index: usize) -> String {
    format!("f{index}")
}

fn item(schema: SchemaType) -> ReferenceOr<Schema> {
    ReferenceOr::Item(Schema {
        schema_data: SchemaData::default(),
        schema_kind: SchemaKind::Type(schema),
    })
}

fn reference(name: &str) -> ReferenceOr<Schema> {
    ReferenceOr::Reference {
        reference: format!("#/components/schemas/{name}"),
    }
}

fn boxed(schema: ReferenceOr<Schema>) -> ReferenceOr<Box<Schema>> {
    match schema {
        ReferenceOr::Item(schema) => ReferenceOr::Item(Box::new(schema)),
        ReferenceOr::Reference { reference } => ReferenceOr::Reference { reference },
    }
}

fn map(values: AdditionalProperties) -> ReferenceOr<Schema> {
    item(SchemaType::Object(ObjectType {
        additional_properties: Some(values),
        ..ObjectType::default()
    }))
}

fn nullable(schema: ReferenceOr<Schema>) -> ReferenceOr<Schema> {
    let schema_kind = match schema {
        ReferenceOr::Item(schema) => schema.schema_kind,
        reference => SchemaKind::AllOf {
            all_of: vec![reference],
        },
    };
    ReferenceOr::Item(Schema {
        schema_data: SchemaData {
            nullable: true,
            ..SchemaData::default()
        },
        schema_kind,
    })
}
