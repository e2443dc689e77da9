//! Schema components, lowered once for responses and once for requests.

use openapiv3::ReferenceOr;

use super::context::LoweringContext;
use super::schema_form::{SchemaForm, SchemaRef};
use super::schema_location::SchemaLocation;
use super::type_definitions::namespace;
use crate::document::component_name;
use crate::json_pointer::escape;
use crate::model::{Role, Type};
use crate::names::{TypeKey, TypeName, pascal_case};

impl<'a> LoweringContext<'a> {
    /// Follows references, and returns the form of their target with its JSON pointer.
    pub(super) fn resolved_form<'s>(
        &self,
        schema: &'s SchemaRef,
        pointer: &str,
    ) -> (SchemaForm<'s>, String)
    where
        'a: 's,
    {
        let (mut schema, mut pointer) = (schema, pointer.to_owned());
        while let ReferenceOr::Reference { reference } = schema {
            let name = component_name(reference);
            let Some(target) = self.document.schema(name) else {
                let form = SchemaForm::Unsupported("the reference does not point to a schema");
                return (form, reference.clone());
            };
            pointer = format!("/components/schemas/{name}");
            schema = target;
        }
        (SchemaForm::of(schema), pointer)
    }

    /// Returns the type of a component, which is lowered on first use.
    pub(super) fn component_type(&mut self, reference: &str, role: Role) -> Type {
        let name = component_name(reference);
        let key = (role == Role::Response, name.to_owned());
        if let Some(ty) = self.components.get(&key) {
            return ty.clone();
        }
        let Some(schema) = self.document.schema(name) else {
            self.problem(reference, "the reference does not point to a schema");
            return Type::Json;
        };
        // Nested types are by default named after the component's name in `names.toml`.
        let key_in_table = TypeKey::schema(name);
        let pointer = format!("/components/schemas/{}", escape(name));
        let known_name = self.names.known_type(&key_in_table, &pointer);
        let default_name = known_name.unwrap_or_else(|| TypeName {
            module: self.module.clone(),
            name: pascal_case(name),
        });
        let location = SchemaLocation {
            pointer,
            key: key_in_table,
            default_name,
            role,
        };
        // A recursive schema refers to its own type while its fields are being lowered.
        if let Some(ty) = self.struct_type(schema, &location) {
            self.components.insert(key.clone(), ty);
        }
        let ty = self.schema_type(schema, &location);
        self.components.insert(key, ty.clone());
        ty
    }

    /// Returns the type of a component that becomes a struct, before its fields are lowered.
    fn struct_type(&mut self, schema: &SchemaRef, location: &SchemaLocation) -> Option<Type> {
        let is_struct = match SchemaForm::of(schema) {
            SchemaForm::Object(object) => {
                let mut names = object.properties.iter().map(|(name, _)| name);
                !object.properties.is_empty() && names.all(|name| name != "total_count")
            }
            SchemaForm::AllOf(parts, required) => parts.len() > 1 || !required.is_empty(),
            _ => false,
        };
        is_struct.then(|| {
            let name = self.names.type_name(&location.key, &location.pointer, || {
                location.default_name.clone()
            });
            Type::Named(namespace(name.module, location.role), name.name)
        })
    }
}
