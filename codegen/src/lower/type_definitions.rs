//! Definitions of structs and enums: their final names, and clashes between them.

use std::collections::BTreeMap;

use super::annotations::Annotations;
use super::context::LoweringContext;
use super::schema_location::SchemaLocation;
use crate::model::{Namespace, Object, Role, Shape, Type, TypeDef};
use crate::names::{OperationName, TypeName, pascal_case};

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
                self.names.type_problem(&location.key, message);
            }
            None => {
                self.types.insert(key, definition);
            }
        }
        ty
    }

    /// Returns the name of an enum, which requests and responses share.
    fn enum_name(&mut self, location: &SchemaLocation) -> (Namespace, String) {
        let name = self.names.type_name(&location.key, || {
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
        let TypeName { module, name } = self.names.type_name(&location.key, default_name);
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
        let known = self.types.insert((namespace, name.clone()), definition);
        if known.is_some() {
            let message = format!(
                "`{}::{name}` is also the name of another type: rename that type in names.toml",
                operation.module
            );
            self.problem(pointer, message);
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
