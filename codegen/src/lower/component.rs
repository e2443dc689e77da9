//! Components: what a reference leads to, lowered once for answers and once for requests.

use super::Lowering;
use super::schema::{Form, SchemaRef, form};
use super::types::{Place, home};
use crate::model::{Home, Role, Type};
use crate::names::{TypeName, pascal};

impl<'a> Lowering<'a> {
    /// The form behind a reference, and where that stands.
    pub(crate) fn resolved<'s>(
        &mut self,
        schema: &'s SchemaRef,
        pointer: &str,
    ) -> (Form<'s>, String)
    where
        'a: 's,
    {
        let mut at = (form(schema), pointer.to_owned());
        while let Form::Reference(reference) = at.0 {
            let name = component_name(reference).to_owned();
            at = match self.schemas().get(&name) {
                Some(schema) => (form(schema), format!("/components/schemas/{name}")),
                None => (
                    Form::Unknown("the reference leads to no schema"),
                    reference.to_owned(),
                ),
            };
        }
        at
    }

    pub(crate) fn component(&mut self, reference: &str, role: Role) -> Type {
        let name = component_name(reference);
        let known = match role {
            Role::Response => format!("answer {name}"),
            _ => format!("request {name}"),
        };
        if let Some(ty) = self.components.get(&known) {
            return ty.clone();
        }
        let Some(schema) = self.schemas().get(name) else {
            self.problem(reference, "the reference leads to no schema");
            return Type::Json;
        };
        // What is within it is named after the name that we gave it, not after upstream's.
        let rule = self.names.known_type(name).unwrap_or_else(|| TypeName {
            module: self.module.clone(),
            name: pascal(name),
        });
        let place = Place {
            pointer: format!("/components/schemas/{name}"),
            key: name.to_owned(),
            rule,
            role,
        };
        // Only an object can lead back to itself; its name is known before its fields are.
        if let Some((home, name)) = self.object_name(schema, &place) {
            let ty = Type::Named(home, name);
            self.components.insert(known.clone(), ty);
        }
        let ty = self.ty(schema, &place);
        self.components.insert(known, ty.clone());
        ty
    }

    /// The name a component's object will have; `None` for what gets no name of its own.
    fn object_name(&mut self, schema: &SchemaRef, place: &Place) -> Option<(Home, String)> {
        let is_struct = match form(schema) {
            Form::Object(object) => {
                !object.properties.is_empty()
                    && !object
                        .properties
                        .iter()
                        .any(|(name, _)| name == "total_count")
            }
            Form::AllOf(parts) => parts.len() > 1,
            _ => false,
        };
        is_struct.then(|| {
            let name = self.names.type_name(&place.key, || place.rule.clone());
            (home(name.module, place.role), name.name)
        })
    }

    pub(crate) fn schemas(&self) -> &'a indexmap::IndexMap<String, SchemaRef> {
        &self.document.components().schemas
    }
}

/// The last part of a reference.
pub(crate) fn component_name(reference: &str) -> &str {
    reference.rsplit('/').next().unwrap_or(reference)
}
