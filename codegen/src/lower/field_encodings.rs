//! Checks that the SDK can encode the fields of each struct: a query and a form support fewer types than JSON.

use super::context::LoweringContext;
use crate::model::{Field, Role, Shape, Type};

impl LoweringContext<'_> {
    /// Reports fields of types that their role does not support.
    pub(super) fn check_field_encodings(&mut self) {
        let mut problems = Vec::new();
        for ty in self.types.values() {
            let Shape::Object(object) = &ty.shape else {
                continue;
            };
            for field in &object.fields {
                if !self.is_supported(object.role, &field.ty) {
                    problems.push((ty.pointer.clone(), unsupported(object.role, field)));
                }
            }
        }
        for (pointer, message) in problems {
            self.problem(pointer, message);
        }
    }

    fn is_supported(&self, role: Role, ty: &Type) -> bool {
        match (role, ty) {
            (
                Role::Response | Role::Request,
                Type::Array(inner) | Type::Map(inner) | Type::List(inner) | Type::Nullable(inner),
            ) => self.is_supported(role, inner),
            (Role::Response | Role::Request, ty) => *ty != Type::File,
            (Role::Form, Type::File) => true,
            (Role::Form, Type::Array(_)) => false,
            (Role::Query, Type::Array(items)) => self.is_supported(role, items),
            (Role::Query | Role::Form, Type::Named(namespace, name)) => {
                let ty = self.types.get(&(namespace.clone(), name.clone()));
                ty.is_some_and(|ty| matches!(ty.shape, Shape::Strings(_)))
            }
            (Role::Query | Role::Form, ty) => matches!(
                ty,
                Type::String | Type::Bool | Type::Integer | Type::Number | Type::Timestamp
            ),
        }
    }
}

fn unsupported(role: Role, field: &Field) -> String {
    let place = match role {
        Role::Response | Role::Request => "JSON cannot contain a file",
        Role::Form => "a form can contain only files and single values",
        Role::Query => {
            "a query can contain only strings, numbers, booleans, enums and lists of them"
        }
    };
    format!(
        "the type of `{}` is not supported here, because {place}: describe it differently in an overlay, or extend the generator",
        field.wire
    )
}
