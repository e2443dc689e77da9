//! Stage 3: the model's types as Rust types, made by progenitor and read back with syn.
//!
//! This is the only place that knows progenitor. It is given plain schemas (every field required, none
//! nullable, every type's name a number) and gives types and variants; all that is this SDK's own style
//! (names, open enums, null, instants) is put around them by [`crate::emit`].

use std::collections::BTreeMap;

use openapiv3::{
    AdditionalProperties, ArrayType, BooleanType, Components, IntegerFormat, IntegerType,
    NumberFormat, NumberType, ObjectType, OpenAPI, ReferenceOr, Schema, SchemaData, SchemaKind,
    StringType, Type as SchemaType, VariantOrUnknownOrEmpty,
};
use progenitor_impl::{GenerationSettings, Generator};
use syn::{Fields, GenericArgument, Ident, Item, Lit, PathArguments};

use crate::model::{Api, Home, Shape, Type};
use crate::{Problem, Problems};

/// What progenitor made of each type, in the order of the model.
pub(crate) type RustTypes = Vec<RustType>;

/// What progenitor made of one type.
pub(crate) enum RustType {
    /// Each field's type, by wire name.
    Fields(BTreeMap<String, syn::Type>),
    /// Each variant's identifier, by wire value.
    Variants(BTreeMap<String, Ident>),
    /// A union: made by [`crate::emit`], as progenitor cannot keep one open.
    Union,
}

/// Types of the core, which stand behind a name that progenitor is told to leave alone.
const OWN: [&str; 3] = ["Timestamp", "DateTime", "File"];

pub(crate) fn rust_types(api: &Api) -> Result<RustTypes, Problems> {
    let keys = Keys::new(api);
    let mut settings = GenerationSettings::default();
    settings.with_map_type("::std::collections::BTreeMap");
    for own in OWN {
        settings.with_replacement(own, own, std::iter::empty());
    }
    let mut components = Components::default();
    for own in OWN {
        components.schemas.insert(
            own.to_owned(),
            item(SchemaType::String(StringType::default())),
        );
    }
    for (index, ty) in api.types.iter().enumerate() {
        let key = key(index);
        let schema = match &ty.shape {
            Shape::Object(object) => {
                keys.object(object.fields.iter().map(|it| (&*it.wire, &it.ty)))
            }
            Shape::Strings(values) => strings(values),
            Shape::Union(_) => {
                settings.with_replacement(&key, &key, std::iter::empty());
                item(SchemaType::String(StringType::default()))
            }
        };
        components.schemas.insert(key, schema);
    }
    let spec = OpenAPI {
        openapi: "3.0.3".to_owned(),
        components: Some(components),
        ..OpenAPI::default()
    };
    let refused = |error: &dyn std::fmt::Display| {
        let message = format!("progenitor cannot make these types: {error}");
        Problems::from(Problem::new(&api.path, "/components/schemas", message))
    };
    let tokens = Generator::new(&settings)
        .generate_tokens(&spec)
        .map_err(|error| refused(&error))?;
    let file: syn::File = syn::parse2(tokens).map_err(|error| refused(&error))?;
    read_back(api, &keys, file)
}

fn key(index: usize) -> String {
    format!("T{index}")
}

/// Numbers for names: progenitor respells what it does not like.
struct Keys(BTreeMap<(Home, String), String>);

impl Keys {
    fn new(api: &Api) -> Self {
        let keys = api.types.iter().enumerate();
        Self(
            keys.map(|(index, ty)| ((ty.home.clone(), ty.name.clone()), key(index)))
                .collect(),
        )
    }

    fn object<'t>(&self, fields: impl Iterator<Item = (&'t str, &'t Type)>) -> ReferenceOr<Schema> {
        let mut object = ObjectType::default();
        for (wire, ty) in fields {
            object
                .properties
                .insert(wire.to_owned(), boxed(self.schema(ty)));
            object.required.push(wire.to_owned());
        }
        item(SchemaType::Object(object))
    }

    fn schema(&self, ty: &Type) -> ReferenceOr<Schema> {
        let reference = |name: &str| ReferenceOr::Reference {
            reference: format!("#/components/schemas/{name}"),
        };
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
            Type::JsonObject => map_of(AdditionalProperties::Any(true)),
            Type::Map(values) => {
                map_of(AdditionalProperties::Schema(Box::new(self.schema(values))))
            }
            Type::Array(items) | Type::List(items) => item(SchemaType::Array(ArrayType {
                items: Some(boxed(self.schema(items))),
                min_items: None,
                max_items: None,
                unique_items: false,
            })),
            Type::Named(home, name) => {
                let slot = (home.clone(), name.clone());
                reference(self.0.get(&slot).expect("the model defines what it names"))
            }
        }
    }
}

fn item(schema: SchemaType) -> ReferenceOr<Schema> {
    ReferenceOr::Item(Schema {
        schema_data: SchemaData::default(),
        schema_kind: SchemaKind::Type(schema),
    })
}

fn boxed(schema: ReferenceOr<Schema>) -> ReferenceOr<Box<Schema>> {
    match schema {
        ReferenceOr::Item(schema) => ReferenceOr::Item(Box::new(schema)),
        ReferenceOr::Reference { reference } => ReferenceOr::Reference { reference },
    }
}

fn map_of(values: AdditionalProperties) -> ReferenceOr<Schema> {
    item(SchemaType::Object(ObjectType {
        additional_properties: Some(values),
        ..ObjectType::default()
    }))
}

fn strings(values: &[String]) -> ReferenceOr<Schema> {
    item(SchemaType::String(StringType {
        enumeration: values.iter().cloned().map(Some).collect(),
        ..StringType::default()
    }))
}

fn read_back(api: &Api, keys: &Keys, file: syn::File) -> Result<RustTypes, Problems> {
    let items: BTreeMap<String, Item> = file
        .items
        .into_iter()
        .find_map(|item| match item {
            Item::Mod(module) if module.ident == "types" => module.content,
            _ => None,
        })
        .map(|(_, items)| items)
        .unwrap_or_default()
        .into_iter()
        .filter_map(|item| Some((item_name(&item)?, item)))
        .collect();
    let names: BTreeMap<&str, &str> = keys
        .0
        .iter()
        .map(|((_, name), key)| (key.as_str(), name.as_str()))
        .collect();
    let mut problems = Vec::new();
    let types = api.types.iter().enumerate().map(|(index, ty)| {
        let made = match (&ty.shape, items.get(&key(index))) {
            (Shape::Union(_), _) => Some(RustType::Union),
            (Shape::Object(_), Some(Item::Struct(item))) => {
                Some(RustType::Fields(fields(item, &names)))
            }
            (Shape::Strings(_), Some(Item::Enum(item))) => Some(RustType::Variants(variants(item))),
            _ => None,
        };
        made.unwrap_or_else(|| {
            let message = format!(
                "progenitor made no type of `{}`: describe it in another way with an overlay",
                ty.name
            );
            problems.push(Problem::new(&api.path, &ty.pointer, message));
            RustType::Union
        })
    });
    let types = types.collect();
    Problems::check(problems, types)
}

fn item_name(item: &Item) -> Option<String> {
    match item {
        Item::Struct(item) => Some(item.ident.to_string()),
        Item::Enum(item) => Some(item.ident.to_string()),
        _ => None,
    }
}

fn fields(item: &syn::ItemStruct, names: &BTreeMap<&str, &str>) -> BTreeMap<String, syn::Type> {
    let Fields::Named(fields) = &item.fields else {
        return BTreeMap::new();
    };
    let field = |field: &syn::Field| {
        let ident = field
            .ident
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        let wire = renamed(&field.attrs).unwrap_or(ident);
        let mut ty = field.ty.clone();
        shorten(&mut ty, names);
        (wire, ty)
    };
    fields.named.iter().map(field).collect()
}

fn variants(item: &syn::ItemEnum) -> BTreeMap<String, Ident> {
    // progenitor spells odd values oddly (`X` for ""), so the spelling is ours.
    let variant = |variant: &syn::Variant| {
        let wire = renamed(&variant.attrs).unwrap_or_else(|| variant.ident.to_string());
        let ident = Ident::new(&crate::names::variant(&wire), variant.ident.span());
        (wire, ident)
    };
    item.variants.iter().map(variant).collect()
}

/// The text of `#[serde(rename = "…")]`.
fn renamed(attributes: &[syn::Attribute]) -> Option<String> {
    let mut name = None;
    for attribute in attributes.iter().filter(|it| it.path().is_ident("serde")) {
        // Other settings of serde's may have forms that this does not parse; they do not matter here.
        let _ = attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("rename") {
                let value: Lit = meta.value()?.parse()?;
                if let Lit::Str(text) = value {
                    name = Some(text.value());
                }
            } else if let Ok(value) = meta.value() {
                value.parse::<syn::Expr>()?;
            }
            Ok(())
        });
    }
    name
}

/// Cuts `::std::vec::Vec<T12>` to `Vec<User>`.
fn shorten(ty: &mut syn::Type, names: &BTreeMap<&str, &str>) {
    let syn::Type::Path(path) = ty else {
        return;
    };
    let Some(mut last) = path.path.segments.last().cloned() else {
        return;
    };
    if let Some(name) = names.get(last.ident.to_string().as_str()) {
        last.ident = Ident::new(name, last.ident.span());
    }
    if let PathArguments::AngleBracketed(arguments) = &mut last.arguments {
        arguments.colon2_token = None;
        for argument in &mut arguments.args {
            if let GenericArgument::Type(ty) = argument {
                shorten(ty, names);
            }
        }
    }
    path.path = syn::Path::from(last);
}
