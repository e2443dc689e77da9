//! Unions: their shapes, what tells them apart, and what each is called.

use super::Lowering;
use super::schema::{Form, ObjectForm, SchemaRef, form};
use super::types::Place;
use crate::model::{Shape, Type};
use crate::names::pascal;
use crate::union::{self, Candidate};

impl Lowering<'_> {
    pub(crate) fn union(
        &mut self,
        schema: &SchemaRef,
        shapes: &[SchemaRef],
        place: &Place,
    ) -> Type {
        let mut candidates = Vec::new();
        for (index, shape) in shapes.iter().enumerate() {
            let place = place.below(
                &format!("oneOf/{index}"),
                &index.to_string(),
                &index.to_string(),
            );
            let (Type::Named(_, name), Some(object)) =
                (self.ty(shape, &place), self.merged(shape, &place.pointer))
            else {
                let message = "a union is understood only where each shape is an object with properties: describe it in another way with an overlay";
                self.problem(&place.pointer, message);
                return Type::Json;
            };
            candidates.push(self.candidate(name, &object));
        }
        let union_name = self.names.type_name(&place.key, || place.rule.clone()).name;
        for candidate in &mut candidates {
            candidate.variant = variant(&union_name, &candidate.ty);
        }
        self.parts.clear();
        let Some(members) = union::tests(candidates, discriminator(schema)) else {
            let message = "two shapes of this union cannot be told apart: give one a constant or a member of its own with an overlay";
            self.problem(&place.pointer, message);
            return Type::Json;
        };
        let notes = self.notes(schema);
        self.define(place, Shape::Union(members), notes)
    }

    fn candidate(&mut self, name: String, object: &ObjectForm) -> Candidate {
        let constants =
            object
                .properties
                .iter()
                .filter_map(|(property, schema)| match form(schema) {
                    Form::Text { values, .. } if values.len() == 1 => {
                        Some((property.clone(), values[0].to_owned()))
                    }
                    _ => None,
                });
        Candidate {
            variant: name.clone(),
            ty: name,
            constants: constants.collect(),
            properties: object.properties.iter().map(|it| it.0.clone()).collect(),
        }
    }
}

pub(crate) fn discriminator(schema: &SchemaRef) -> Option<&str> {
    let discriminator = schema.as_item()?.schema_data.discriminator.as_ref()?;
    Some(&discriminator.property_name)
}

/// The name of a shape within its union: `EmailAddressVerification` holds `VerificationOtp` as `Otp`.
fn variant(union: &str, shape: &str) -> String {
    let snake = |name: &str| heck::ToSnakeCase::to_snake_case(name);
    let (union, shape) = (snake(union), snake(shape));
    let (union, words): (Vec<&str>, Vec<&str>) =
        (union.split('_').collect(), shape.split('_').collect());
    let shared = (1..words.len())
        .rev()
        .find(|count| union.ends_with(&words[..*count]));
    pascal(&words[shared.unwrap_or(0)..].join("_"))
}
