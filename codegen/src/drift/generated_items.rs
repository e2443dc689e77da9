//! The public items that are generated from each element of a document, by JSON pointer.

use std::collections::BTreeMap;

use crate::model::{Api, Namespace, Shape, TypeDef};
use crate::names::variant_name;

/// The items that are generated from the element at a JSON pointer.
pub(super) struct GeneratedItems(BTreeMap<String, Vec<GeneratedItem>>);

enum GeneratedItem {
    Function(String),
    /// A struct, with the identifiers of its fields by wire name.
    Struct(String, BTreeMap<String, String>),
    /// An open enum or a union.
    Enum(String),
}

impl GeneratedItem {
    fn path(&self) -> &str {
        match self {
            Self::Function(path) | Self::Struct(path, _) | Self::Enum(path) => path,
        }
    }
}

impl GeneratedItems {
    pub(super) fn new(api: &Api, index: usize) -> Self {
        let mut items: BTreeMap<String, Vec<GeneratedItem>> = BTreeMap::new();
        for resource in &api.resources {
            for operation in &resource.operations {
                let path = format!("{}::{}", resource.module, operation.name);
                let generated = items.entry(operation.pointer.clone()).or_default();
                generated.push(GeneratedItem::Function(path));
            }
        }
        let types: BTreeMap<(&Namespace, &str), &TypeDef> = api
            .types
            .iter()
            .map(|ty| ((&ty.namespace, ty.name.as_str()), ty))
            .collect();
        for (pointer, names) in api.types_by_pointer.get(index).into_iter().flatten() {
            let types = names
                .iter()
                .filter_map(|(home, name)| types.get(&(home, name.as_str())));
            let generated = items.entry(pointer.clone()).or_default();
            generated.extend(types.map(|ty| generated_type(ty)));
        }
        Self(items)
    }

    /// Returns the items generated from the element at `pointer`, or from the innermost element
    /// around it that any item is generated from, and the items that refer to a type generated from
    /// exactly that element.
    pub(super) fn at(&self, pointer: &str) -> ItemsAt {
        let exact = self.innermost(pointer);
        if exact.items.is_empty() {
            return self.innermost(&without_wrappers(pointer));
        }
        exact
    }

    fn innermost(&self, pointer: &str) -> ItemsAt {
        let types = self.exactly_at(pointer);
        match types.is_empty() {
            true => ItemsAt {
                items: self.around(pointer),
                users: Vec::new(),
            },
            false => ItemsAt {
                items: types,
                users: self.around(pointer),
            },
        }
    }

    fn exactly_at(&self, pointer: &str) -> Vec<String> {
        let items = self.0.get(pointer).into_iter().flatten();
        items.map(|it| it.path().to_owned()).collect()
    }

    /// Returns the field that `pointer` points to or into, or else what is generated from the
    /// innermost element around it.
    fn around(&self, pointer: &str) -> Vec<String> {
        let mut pointer = pointer;
        while let Some((parent, name)) = pointer.rsplit_once('/') {
            let object = parent.strip_suffix("/properties").unwrap_or(parent);
            let fields = self.fields(object, name);
            let found = match fields.is_empty() {
                true => self.exactly_at(parent),
                false => fields,
            };
            if !found.is_empty() {
                return found;
            }
            pointer = parent;
        }
        Vec::new()
    }

    /// Returns the field `name` of each struct generated from the element at `pointer`. The struct
    /// for the query of an operation is generated from its `parameters`.
    fn fields(&self, pointer: &str, name: &str) -> Vec<String> {
        let name = name.replace("~1", "/").replace("~0", "~");
        let items = self.0.get(pointer).into_iter().flatten();
        let fields = items.filter_map(|item| match item {
            GeneratedItem::Struct(path, fields) => Some(format!("{path}::{}", fields.get(&name)?)),
            _ => None,
        });
        fields.collect()
    }

    /// Returns the types generated from the element at `pointer` and from those within it.
    pub(super) fn types_within(&self, pointer: &str) -> impl Iterator<Item = &str> {
        let is_within = move |other: &str| {
            let rest = other.strip_prefix(pointer);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let items = self.0.iter().filter(move |(it, _)| is_within(it));
        let items = items.flat_map(|(_, items)| items);
        items.filter_map(|item| match item {
            GeneratedItem::Function(_) => None,
            GeneratedItem::Struct(path, _) | GeneratedItem::Enum(path) => Some(path.as_str()),
        })
    }

    /// Returns the variants for the wire value `value` of the enums generated from the element at
    /// `pointer`.
    pub(super) fn variants_at(&self, pointer: &str, value: &str) -> Vec<String> {
        let items = self.0.get(pointer).into_iter().flatten();
        let variants = items.filter_map(|item| match item {
            GeneratedItem::Enum(path) => Some(format!("{path}::{}", variant_name(value))),
            _ => None,
        });
        variants.collect()
    }
}

/// The items that are generated from an element of the document.
#[derive(Default)]
pub(super) struct ItemsAt {
    pub(super) items: Vec<String>,
    /// The fields or functions whose types contain the items, if those are types of their own.
    pub(super) users: Vec<String>,
}

fn generated_type(ty: &TypeDef) -> GeneratedItem {
    let path = type_path(&ty.namespace, &ty.name);
    match &ty.shape {
        Shape::Object(object) => {
            let fields = object.fields.iter();
            let fields = fields.map(|it| (it.wire.clone(), it.ident.clone()));
            GeneratedItem::Struct(path, fields.collect())
        }
        Shape::Strings(_) | Shape::Union(_) => GeneratedItem::Enum(path),
    }
}

/// Returns the path of a type, such as `types::User`.
fn type_path(home: &Namespace, name: &str) -> String {
    match home {
        Namespace::Types(_) => format!("types::{name}"),
        Namespace::Module(module) => format!("{module}::{name}"),
    }
}

/// Removes the steps into `allOf` and into a `oneOf` from a pointer: types are not named after
/// them.
fn without_wrappers(pointer: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = pointer.split('/').peekable();
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
