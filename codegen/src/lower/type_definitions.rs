//! Definitions of structs and enums: their final names, and clashes between them.

use std::collections::BTreeMap;

use super::annotations::Annotations;
use super::context::LoweringContext;
use super::schema_location::SchemaLocation;
use crate::model::{Namespace, Object, Role, Shape, Type, TypeDef};
use crate::names::{NameKey, OperationName, TypeName, pascal_case};

impl LoweringContext<'_> {
    /// Defines a struct or enum. Types with equal shapes can share a name, others cannot.
    pub(super) fn define_type(
        &mut self,
        location: &SchemaLocation,
        shape: Shape,
        annotations: Annotations,
    ) -> Type {
        let (namespace, name) = match shape {
            Shape::Strings(_) => self.enum_name(location),
            Shape::Object(_) | Shape::Union(_) => self.object_name(location),
        };
        let definition = TypeDef {
            namespace: namespace.clone(),
            name: name.clone(),
            docs: annotations.type_docs.or(annotations.docs),
            value_docs: annotations.value_docs,
            deprecated: annotations.deprecated,
            is_sort_field: annotations.is_sort_field,
            shape,
            shared_members: Vec::new(),
            file: self.document.path.clone(),
            pointer: location.pointer.clone(),
        };
        let ty = Type::Named(namespace.clone(), name.clone());
        self.record_type_at(vec![location.pointer.clone()], &ty);
        let key = (namespace, name);
        match self.types.get_mut(&key) {
            Some(known) if known.shape.without_prose() == definition.shape.without_prose() => {
                known.docs = known.docs.take().or(definition.docs);
                known.value_docs.extend(definition.value_docs);
            }
            Some(known) => {
                let message = format!(
                    "`{}` is also the name of {}, which has a different shape: rename one of them",
                    key.1, known.pointer
                );
                let other = self.type_keys[&key].clone();
                self.names
                    .clash(NameKey::Type(location.key.clone()), other, message);
            }
            None => {
                let key_in_table = NameKey::Type(location.key.clone());
                self.type_keys.insert(key.clone(), key_in_table);
                self.types.insert(key, definition);
            }
        }
        ty
    }

    /// Returns the name of an enum, which requests and responses share.
    fn enum_name(&mut self, location: &SchemaLocation) -> (Namespace, String) {
        let name = self.names.type_name(&location.key, &location.pointer, || {
            let mut name = location.default_name.clone();
            if location.role != Role::Response {
                name.name = pascal_case(&name.module) + &name.name;
            }
            name
        });
        (Namespace::Types(name.module), name.name)
    }

    /// Returns the name of a struct or union. Those of requests that responses use as well are called `…Params`, as both
    /// are visible in the module of the resource.
    pub(super) fn object_name(&mut self, location: &SchemaLocation) -> (Namespace, String) {
        let default_name = || location.default_name.clone();
        let name = self
            .names
            .type_name(&location.key, &location.pointer, default_name);
        let TypeName { module, name } = name;
        if location.role == Role::Response {
            self.response_keys.insert(location.key.clone());
            return (Namespace::Types(module), name);
        }
        match self.response_keys.contains(&location.key) {
            true => (Namespace::Module(module), format!("{name}Params")),
            false => (Namespace::Module(module), name),
        }
    }

    /// Defines the params struct of an operation, and returns its name.
    pub(super) fn define_params_struct(
        &mut self,
        id: &str,
        operation: &OperationName,
        pointer: String,
        object: Object,
    ) -> String {
        let name = format!("{}Params", pascal_case(&operation.function));
        let namespace = Namespace::Module(operation.module.clone());
        let definition = TypeDef {
            namespace: namespace.clone(),
            name: name.clone(),
            docs: Some(format!("Parameters of [`{}`].", operation.function)),
            value_docs: BTreeMap::new(),
            deprecated: false,
            is_sort_field: false,
            shape: Shape::Object(object),
            shared_members: Vec::new(),
            file: self.document.path.clone(),
            pointer: pointer.clone(),
        };
        let ty = Type::Named(namespace.clone(), name.clone());
        self.record_type_at(vec![pointer.clone()], &ty);
        let key = (namespace, name.clone());
        let key_in_table = NameKey::Operation(id.to_owned());
        self.types.insert(key.clone(), definition);
        if let Some(other) = self.type_keys.insert(key, key_in_table.clone()) {
            let message = format!(
                "its `{name}` is also the name of `{other}`, another type: rename one of them"
            );
            self.names.clash(key_in_table, other, message);
        }
        name
    }

    /// Records that a type was generated from the schemas at these JSON pointers.
    pub(super) fn record_type_at(&mut self, pointers: Vec<String>, ty: &Type) {
        if let Some((namespace, name)) = ty.named() {
            for pointer in pointers {
                let types = self.types_by_pointer.entry(pointer).or_default();
                types.insert((namespace.clone(), name.to_owned()));
            }
        }
    }
}
