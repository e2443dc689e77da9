//! Schema components, lowered once for responses and once for requests.

use openapiv3::ReferenceOr;

use super::context::LoweringContext;
use super::schema_form::{SchemaForm, SchemaRef};
use super::schema_location::SchemaLocation;
use super::union_types::discriminator_property;
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
        if !self.unfinished.insert(key.clone()) {
            let message = format!(
                "`{name}` contains itself, but is not an object with properties, so no Rust type can express it: describe it differently in an overlay"
            );
            self.problem(location.pointer, message);
            return Type::Json;
        }
        // A recursive schema refers to its own type while its fields are being lowered.
        if let Some(ty) = self.recursive_type(schema, &location) {
            self.components.insert(key.clone(), ty);
        }
        let ty = self.schema_type(schema, &location);
        self.unfinished.remove(&key);
        self.components.insert(key, ty.clone());
        ty
    }

    /// Returns the type of a component that becomes a struct or a union, before what it contains is lowered.
    fn recursive_type(&mut self, schema: &SchemaRef, location: &SchemaLocation) -> Option<Type> {
        let has_name = match SchemaForm::of(schema) {
            SchemaForm::Object(object) => self.becomes_struct(&object, location),
            SchemaForm::AllOf([_], []) => false,
            SchemaForm::AllOf(..) => {
                let object = self.merged_object(schema, &location.pointer)?;
                self.becomes_struct(&object.form, location)
            }
            SchemaForm::OneOf(members) => {
                let is_union = members.len() > 1 || discriminator_property(schema).is_some();
                is_union && location.role == Role::Response
            }
            _ => false,
        };
        has_name.then(|| {
            let (namespace, name) = self.object_name(location);
            Type::Named(namespace, name)
        })
    }
}
