//! The public API of the SDK for a document: every public item with its signature, and the elements
//! of the document that each one is generated from.

use std::collections::{BTreeMap, BTreeSet};

use super::item_signature::{
    accessor_signature, constructor_signature, field_signature, function_signature, type_path,
};
use crate::model::{Api, Namespace, Object, Role, Shape, TypeDef};
use crate::names::variant_name;

/// The public items that are generated from a document.
pub(super) struct PublicApi {
    /// The signatures of items by their paths, such as `user::UpdateParams::locale`.
    signatures: BTreeMap<String, String>,
    /// The items that are generated from the element at a JSON pointer.
    generated: BTreeMap<String, Vec<GeneratedItem>>,
}

#[derive(Clone)]
enum GeneratedItem {
    Function(String),
    /// A struct, with the identifiers of its fields by wire name.
    Struct(String, BTreeMap<String, String>),
    /// An open enum or a union.
    Enum(String),
}

/// The signature of every enum: each of its variants is an item with a signature of its own.
const ENUM: &str = "enum";

impl PublicApi {
    /// Collects the items of all documents. Elements are those of the document at `index`.
    pub(super) fn new(api: &Api, index: usize) -> Self {
        let mut public_api = Self {
            signatures: BTreeMap::new(),
            generated: BTreeMap::new(),
        };
        for resource in &api.resources {
            for operation in &resource.operations {
                let path = format!("{}::{}", resource.module, operation.name);
                let items = public_api.generated.entry(operation.pointer.clone());
                let items = items.or_default();
                items.push(GeneratedItem::Function(path.clone()));
                let signature = function_signature(operation);
                public_api.signatures.insert(path, signature);
            }
        }
        for ty in &api.types {
            public_api.add_type(ty);
        }
        public_api.add_type_pointers(api, index);
        public_api
    }

    fn add_type(&mut self, ty: &TypeDef) {
        let path = type_path(&ty.namespace, &ty.name);
        match &ty.shape {
            Shape::Object(object) => self.add_struct(path, object),
            Shape::Strings(values) => {
                let variants = values.iter();
                let variants = variants.map(|value| (variant_name(value), format!("{value:?}")));
                self.add_enum(path, variants);
            }
            Shape::Union(members) => {
                let variants = members.iter();
                let variants = variants.map(|it| (it.variant.clone(), it.ty.clone()));
                self.add_enum(path.clone(), variants);
                for member in &ty.shared_members {
                    let accessor = format!("{path}::{}", member.ident);
                    self.signatures.insert(accessor, accessor_signature(member));
                }
            }
        }
    }

    fn add_struct(&mut self, path: String, object: &Object) {
        for field in &object.fields {
            let signature = field_signature(object.role, field);
            let field = format!("{path}::{}", field.ident);
            self.signatures.insert(field, signature);
        }
        if object.role != Role::Response {
            let constructor = format!("{path}::new");
            let signature = constructor_signature(object);
            self.signatures.insert(constructor, signature);
        }
        self.signatures.insert(path, "struct".to_owned());
    }

    fn add_enum(&mut self, path: String, variants: impl Iterator<Item = (String, String)>) {
        let variants = variants.map(|(name, signature)| (format!("{path}::{name}"), signature));
        self.signatures.extend(variants);
        self.signatures.insert(path, ENUM.to_owned());
    }

    fn add_type_pointers(&mut self, api: &Api, index: usize) {
        let types = api.types.iter();
        let types: BTreeMap<(&Namespace, &str), &TypeDef> = types
            .map(|ty| ((&ty.namespace, ty.name.as_str()), ty))
            .collect();
        for (pointer, names) in api.types_by_pointer.get(index).into_iter().flatten() {
            let items = names.iter().filter_map(|(home, name)| {
                let ty = types.get(&(home, name.as_str()))?;
                let path = type_path(home, name);
                Some(match &ty.shape {
                    Shape::Object(object) => {
                        let fields = object.fields.iter();
                        let fields = fields.map(|it| (it.wire.clone(), it.ident.clone()));
                        GeneratedItem::Struct(path, fields.collect())
                    }
                    Shape::Strings(_) | Shape::Union(_) => GeneratedItem::Enum(path),
                })
            });
            let generated = self.generated.entry(pointer.clone()).or_default();
            generated.extend(items);
        }
    }

    /// Iterates over all items with their signatures.
    pub(super) fn items(&self) -> impl Iterator<Item = (&str, &str)> {
        self.signatures.iter().map(|(path, it)| (&**path, &**it))
    }

    pub(super) fn contains(&self, item: &str) -> bool {
        self.signatures.contains_key(item)
    }

    pub(super) fn signature(&self, item: &str) -> Option<&str> {
        self.signatures.get(item).map(String::as_str)
    }

    pub(super) fn is_enum(&self, item: &str) -> bool {
        self.signature(item) == Some(ENUM)
    }

    /// Returns the items generated from the element at `pointer`, or from the innermost element
    /// around it that any item is generated from.
    pub(super) fn items_at(&self, pointer: &str) -> Vec<String> {
        let exact = self.innermost_items(pointer);
        if exact.is_empty() {
            return self.innermost_items(&without_wrappers(pointer));
        }
        exact
    }

    fn innermost_items(&self, pointer: &str) -> Vec<String> {
        let mut pointer = pointer;
        loop {
            if let Some(items) = self.generated.get(pointer)
                && !items.is_empty()
            {
                return items.iter().map(|it| it.path().to_owned()).collect();
            }
            let Some((parent, name)) = pointer.rsplit_once('/') else {
                return Vec::new();
            };
            let object = parent.strip_suffix("/properties").unwrap_or(parent);
            let fields = self.fields(object, name);
            if !fields.is_empty() {
                return fields;
            }
            pointer = parent;
        }
    }

    /// Returns the field `name` of each struct generated from the element at `pointer`. The struct
    /// for the query of an operation is generated from its `parameters`.
    fn fields(&self, pointer: &str, name: &str) -> Vec<String> {
        let name = name.replace("~1", "/").replace("~0", "~");
        let items = self.generated.get(pointer).into_iter().flatten();
        let fields = items.filter_map(|item| match item {
            GeneratedItem::Struct(path, fields) => Some(format!("{path}::{}", fields.get(&name)?)),
            _ => None,
        });
        fields.collect()
    }

    /// Returns the variants for the wire value `value` of the enums generated from the element at
    /// `pointer`.
    pub(super) fn variants_at(&self, pointer: &str, value: &str) -> Vec<String> {
        let items = self.generated.get(pointer).into_iter().flatten();
        let paths = items.filter_map(|item| match item {
            GeneratedItem::Enum(path) => Some(format!("{path}::{}", variant_name(value))),
            _ => None,
        });
        paths.filter(|path| self.contains(path)).collect()
    }

    /// Returns the variants of the enum `item` that only one of the two APIs has.
    pub(super) fn changed_variants(&self, new: &Self, item: &str) -> Vec<String> {
        if !self.is_enum(item) || !new.is_enum(item) {
            return Vec::new();
        }
        let (was, is) = (self.variants(item), new.variants(item));
        let changed = was.symmetric_difference(&is);
        changed.map(|variant| (*variant).to_owned()).collect()
    }

    fn variants(&self, item: &str) -> BTreeSet<&str> {
        let prefix = format!("{item}::");
        let items = self.items();
        let variants = items.filter(|(path, signature)| {
            let is_accessor = signature.starts_with('(');
            path.starts_with(&prefix) && !is_accessor
        });
        variants.map(|(path, _)| path).collect()
    }

    /// Returns whether the signature of an item, or that of the constructor of the struct it is a
    /// field of, is different or missing in `new`.
    pub(super) fn is_broken_in(&self, new: &Self, item: &str) -> bool {
        let constructor = format!("{}::new", parent_path(item));
        let is_different = |item: &str| {
            let signature = self.signature(item);
            signature.is_some() && signature != new.signature(item)
        };
        is_different(item) || is_different(&constructor)
    }

    /// Returns the items that are missing in `new`, except those whose parent is missing too.
    pub(super) fn removed_items(&self, new: &Self) -> Vec<String> {
        let is_removed = |item: &str| self.contains(item) && !new.contains(item);
        let items = self.signatures.keys();
        items
            .filter(|item| is_removed(item) && !is_removed(parent_path(item)))
            .cloned()
            .collect()
    }
}

impl GeneratedItem {
    fn path(&self) -> &str {
        match self {
            Self::Function(path) | Self::Struct(path, _) | Self::Enum(path) => path,
        }
    }
}

/// Returns the path of the module or type that an item belongs to, or an empty path if there is
/// none.
pub(super) fn parent_path(item: &str) -> &str {
    item.rsplit_once("::").map_or("", |(parent, _)| parent)
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
