//! The public items that a document gives, each with what its callers' code depends on.

use std::collections::BTreeMap;

use crate::model::{Api, Field, Namespace, Operation, Role, Shape, Type, TypeDef, TypesByPointer};
use crate::names::variant_name;

/// Items by path, as `user::UpdateParams::locale`, with their signatures.
pub(crate) struct Surface {
    pub(crate) items: BTreeMap<String, String>,
    places: BTreeMap<String, Vec<Item>>,
}

/// What stands at a place of the document.
#[derive(Clone)]
enum Item {
    Function(String),
    /// A struct, with the identifiers of its fields by wire name.
    Struct(String, BTreeMap<String, String>),
    /// An open enum or a union.
    Enum(String),
}

impl Surface {
    pub(crate) fn of(api: &Api) -> Self {
        let mut surface = Self {
            items: BTreeMap::new(),
            places: BTreeMap::new(),
        };
        for resource in &api.resources {
            for operation in &resource.operations {
                let path = format!("{}::{}", resource.module, operation.name);
                let place = surface.places.entry(operation.pointer.clone());
                place.or_default().push(Item::Function(path.clone()));
                surface.items.insert(path, signature(operation));
            }
        }
        for ty in &api.types {
            surface.add_type(ty);
        }
        surface.add_places(api, &api.types_by_pointer);
        surface
    }

    fn add_type(&mut self, ty: &TypeDef) {
        let path = type_path(&ty.namespace, &ty.name);
        match &ty.shape {
            Shape::Object(object) => {
                self.items.insert(path.clone(), "struct".to_owned());
                for field in &object.fields {
                    let item = format!("{path}::{}", field.ident);
                    self.items.insert(item, field_signature(object.role, field));
                }
                if object.role != Role::Response {
                    let find = |wire: &String| object.fields.iter().find(|it| it.wire == *wire);
                    let arguments = object.arguments.iter().filter_map(find);
                    let arguments: Vec<String> = arguments
                        .map(|it| format!("{}: {}", it.ident, field_signature(object.role, it)))
                        .collect();
                    let item = format!("{path}::new");
                    self.items
                        .insert(item, format!("({})", arguments.join(", ")));
                }
            }
            Shape::Strings(values) => {
                self.items.insert(path.clone(), "enum".to_owned());
                for value in values {
                    let item = format!("{path}::{}", variant_name(value));
                    self.items.insert(item, format!("{value:?}"));
                }
            }
            Shape::Union(members) => {
                self.items.insert(path.clone(), "enum".to_owned());
                for member in members {
                    let item = format!("{path}::{}", member.variant);
                    self.items.insert(item, member.ty.clone());
                }
            }
        }
    }

    fn add_places(&mut self, api: &Api, places: &TypesByPointer) {
        let types: BTreeMap<(&Namespace, &str), &TypeDef> = api
            .types
            .iter()
            .map(|ty| ((&ty.namespace, ty.name.as_str()), ty))
            .collect();
        for (place, made) in places {
            let found = made.iter().filter_map(|(home, name)| {
                let ty = types.get(&(home, name.as_str()))?;
                let path = type_path(home, name);
                Some(match &ty.shape {
                    Shape::Object(object) => {
                        let fields = object.fields.iter();
                        let fields = fields.map(|it| (it.wire.clone(), it.ident.clone()));
                        Item::Struct(path, fields.collect())
                    }
                    Shape::Strings(_) | Shape::Union(_) => Item::Enum(path),
                })
            });
            let found: Vec<Item> = found.collect();
            self.places.entry(place.clone()).or_default().extend(found);
        }
    }

    /// The items that what stands at `place` is, or is part of: the innermost that there are.
    pub(crate) fn at(&self, place: &str) -> Vec<String> {
        let exact = self.within(place);
        if exact.is_empty() {
            return self.within(&without_parts(place));
        }
        exact
    }

    fn within(&self, place: &str) -> Vec<String> {
        let mut place = place;
        loop {
            if let Some(items) = self.places.get(place)
                && !items.is_empty()
            {
                return items.iter().map(|it| it.path().to_owned()).collect();
            }
            let Some((parent, name)) = place.rsplit_once('/') else {
                return Vec::new();
            };
            let object = parent.strip_suffix("/properties").unwrap_or(parent);
            let fields = self.fields(object, name);
            if !fields.is_empty() {
                return fields;
            }
            place = parent;
        }
    }

    /// The field `name` of the structs at `place`; of a query, that is the operation's `parameters`.
    fn fields(&self, place: &str, name: &str) -> Vec<String> {
        let name = name.replace("~1", "/").replace("~0", "~");
        let items = self.places.get(place).into_iter().flatten();
        let fields = items.filter_map(|item| match item {
            Item::Struct(path, fields) => Some(format!("{path}::{}", fields.get(&name)?)),
            _ => None,
        });
        fields.collect()
    }

    /// The variant for a value of the enums at `place`.
    pub(crate) fn variants(&self, place: &str, value: &str) -> Vec<String> {
        let items = self.places.get(place).into_iter().flatten();
        let paths = items.filter_map(|item| match item {
            Item::Enum(path) => Some(format!("{path}::{}", variant_name(value))),
            _ => None,
        });
        paths.filter(|path| self.items.contains_key(path)).collect()
    }

    /// Whether an item, or the constructor of the struct it is a field of, is another in `new`.
    pub(crate) fn breaks(&self, new: &Self, item: &str) -> bool {
        let owner = item.rsplit_once("::").map_or("", |(owner, _)| owner);
        let constructor = format!("{owner}::new");
        let differs = |item: &str| {
            let old = self.items.get(item);
            old.is_some() && old != new.items.get(item)
        };
        differs(item) || differs(&constructor)
    }
}

impl Item {
    fn path(&self) -> &str {
        match self {
            Self::Function(path) | Self::Struct(path, _) | Self::Enum(path) => path,
        }
    }
}

/// A place without the steps into `allOf` and single `oneOf`, which types are not named by.
fn without_parts(place: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = place.split('/').peekable();
    while let Some(segment) = segments.next() {
        let is_index = |it: &&str| it.bytes().all(|byte| byte.is_ascii_digit());
        if ["allOf", "oneOf"].contains(&segment) && segments.peek().is_some_and(is_index) {
            segments.next();
        } else {
            kept.push(segment);
        }
    }
    kept.join("/")
}

fn type_path(home: &Namespace, name: &str) -> String {
    match home {
        Namespace::Types(_) => format!("types::{name}"),
        Namespace::Module(module) => format!("{module}::{name}"),
    }
}

fn signature(operation: &Operation) -> String {
    let path = operation.path_params.iter().map(|_| "&str".to_owned());
    let params = operation.input.params().map(|params| format!("&{params}"));
    let arguments: Vec<String> = path.chain(params).collect();
    format!(
        "({}) -> {}",
        arguments.join(", "),
        spelled(&operation.returns)
    )
}

fn field_signature(role: Role, field: &Field) -> String {
    let ty = spelled(&field.ty);
    match (role, field.required, field.nullable) {
        (_, true, false) => ty,
        (Role::Request, false, true) => format!("Nullable<{ty}>"),
        (Role::Query, false, _) if matches!(field.ty, Type::Array(_)) => ty,
        _ => format!("Option<{ty}>"),
    }
}

fn spelled(ty: &Type) -> String {
    match ty {
        Type::Unit => "()".to_owned(),
        Type::String => "String".to_owned(),
        Type::Bool => "bool".to_owned(),
        Type::Integer => "i64".to_owned(),
        Type::Number => "f64".to_owned(),
        Type::Timestamp => "Timestamp".to_owned(),
        Type::DateTime => "DateTime".to_owned(),
        Type::File => "File".to_owned(),
        Type::Json => "Value".to_owned(),
        Type::JsonObject => "Map<String, Value>".to_owned(),
        Type::Named(home, name) => type_path(home, name),
        Type::Array(items) => format!("Vec<{}>", spelled(items)),
        Type::Map(values) => format!("BTreeMap<String, {}>", spelled(values)),
        Type::List(items) => format!("List<{}>", spelled(items)),
    }
}
