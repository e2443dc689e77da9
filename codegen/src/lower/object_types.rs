//! Objects: structs with their fields, maps, pages of lists, and objects merged from `allOf`.

use super::constraint_docs::constraint_docs;
use super::context::LoweringContext;
use super::schema_form::{ObjectForm, SchemaForm, SchemaRef};
use super::schema_location::SchemaLocation;
use crate::model::{Field, Object, Role, Shape, Type};
use crate::names::{field_with_setter, is_identifier, snake_case_ident};

/// An object with the properties that `allOf` adds to it.
pub(super) struct MergedObject {
    pub(super) form: ObjectForm,
    /// The JSON pointers of the objects that were merged.
    pub(super) pointers: Vec<String>,
}

impl LoweringContext<'_> {
    /// Returns the type of an object: a struct, a map or a page of a list.
    pub(super) fn object_type(
        &mut self,
        schema: &SchemaRef,
        object: &ObjectForm,
        location: &SchemaLocation,
    ) -> Type {
        if object.properties.is_empty() {
            return match &object.additional {
                Some(values) => {
                    let location = location.child("additionalProperties", "{}", "Value");
                    Type::Map(Box::new(self.element_type(values, &location)))
                }
                None => Type::JsonObject,
            };
        }
        if let Some(list) = self.list_type(object, location) {
            return list;
        }
        let fields = self.fields(object, location);
        // Sorted by wire name like the fields: the order in the upstream document may change.
        let required = fields.iter().filter(|field| field.required);
        let arguments = match location.role {
            Role::Response => Vec::new(),
            _ => required.map(|field| field.wire.clone()).collect(),
        };
        let shape = Shape::Object(Object {
            role: location.role,
            fields,
            arguments,
        });
        let annotations = self.annotations(schema);
        self.define_type(location, shape, annotations)
    }

    /// Returns the type of an object that `allOf` composes of several parts.
    pub(super) fn merged_object_type(
        &mut self,
        schema: &SchemaRef,
        location: &SchemaLocation,
    ) -> Type {
        let Some(object) = self.merged_object(schema, &location.pointer) else {
            return Type::Json;
        };
        let ty = self.object_type(schema, &object.form, location);
        self.record_type_at(object.pointers, &ty);
        ty
    }

    /// Returns whether the type of an object is a struct, as opposed to a map or a list.
    pub(super) fn becomes_struct(&self, object: &ObjectForm, location: &SchemaLocation) -> bool {
        !object.properties.is_empty() && self.list_property(object, location).is_none()
    }

    /// Returns the list type of an object with an array and a total count, whatever the array's name.
    fn list_type(&mut self, object: &ObjectForm, location: &SchemaLocation) -> Option<Type> {
        let (name, array) = self.list_property(object, location)?;
        match self.schema_type(array, &location.property(name)) {
            Type::Array(items) => Some(Type::List(items)),
            _ => None,
        }
    }

    /// Returns the array of an object that consists of one and a total count.
    fn list_property<'o>(
        &self,
        object: &'o ObjectForm,
        location: &SchemaLocation,
    ) -> Option<(&'o str, &'o SchemaRef)> {
        let [(one, first), (other, second)] = &*object.properties else {
            return None;
        };
        let (name, array) = match (one.as_str(), other.as_str()) {
            (name, "total_count") => (name, first),
            ("total_count", name) => (name, second),
            _ => return None,
        };
        let is_array = matches!(self.resolved_form(array, "").0, SchemaForm::Array(Some(_)));
        (location.role == Role::Response && is_array).then_some((name, array))
    }

    /// Lowers the properties of an object, sorted by wire name.
    pub(super) fn fields(&mut self, object: &ObjectForm, location: &SchemaLocation) -> Vec<Field> {
        let mut fields = Vec::new();
        for (name, schema) in &object.properties {
            let ty = self.schema_type(schema, &location.property(name));
            let annotations = self.annotations(schema);
            let mut field = Field {
                wire: name.clone(),
                ident: field_ident(name, location.role),
                ty,
                required: object.required.contains(name),
                nullable: annotations.nullable,
                constant: annotations
                    .is_constant
                    .then(|| only_value(schema))
                    .flatten(),
                may_be_missing: annotations.may_be_missing,
                secret: annotations.secret,
                joined: false,
                is_sort_field: false,
                deprecated: annotations.deprecated,
                docs: annotations.docs,
                constraints: constraint_docs(schema),
            };
            self.remove_wrong_null(&mut field, location);
            fields.push(field);
        }
        self.sort_fields(&mut fields, &location.pointer);
        fields
    }

    /// Removes the documentation of a property of a response that is documented as null in some cases, but whose type
    /// has no null: it would decode to an empty string or to 1970.
    fn remove_wrong_null(&mut self, field: &mut Field, location: &SchemaLocation) {
        let docs = field.docs.as_deref().unwrap_or_default();
        let mut words = docs.split(|it: char| !it.is_alphanumeric());
        if location.role != Role::Response
            || !field.required
            || field.nullable
            || !words.any(|word| word == "null")
        {
            return;
        }
        let pointer = location.property(&field.wire).pointer;
        let message = "its description says that it can be null, but its schema does not, so it is not used: add \
                       `nullable: true` with an overlay, or a description for this property";
        self.note(pointer, message);
        field.docs = None;
    }

    /// Sorts fields by wire name, so that their order in the document does not matter, and reports
    /// those without an identifier of their own.
    pub(super) fn sort_fields(&mut self, fields: &mut [Field], pointer: &str) {
        fields.sort_by(|one, other| one.wire.cmp(&other.wire));
        for (index, field) in fields.iter().enumerate() {
            if !is_identifier(&field.ident) {
                let message = format!(
                    "no Rust name can be derived from `{}`: remove it with an overlay",
                    field.wire
                );
                self.problem(pointer, message);
                continue;
            }
            let mut previous = fields[..index].iter();
            if let Some(other) = previous.find(|other| other.ident == field.ident) {
                let message = format!(
                    "`{}` and `{}` are both named `{}` in Rust: remove one with an overlay",
                    other.wire, field.wire, field.ident
                );
                self.problem(pointer, message);
            }
        }
    }

    /// Merges the parts of an `allOf` into one object. Reports a problem and returns `None` if a part
    /// is not an object.
    pub(super) fn merged_object(
        &mut self,
        schema: &SchemaRef,
        pointer: &str,
    ) -> Option<MergedObject> {
        match self.resolved_form(schema, pointer) {
            (SchemaForm::Object(form), pointer) => Some(MergedObject {
                form,
                pointers: vec![pointer],
            }),
            (SchemaForm::AllOf(parts, required), pointer) => {
                let mut form = ObjectForm {
                    required: required.to_vec(),
                    ..ObjectForm::default()
                };
                let mut pointers = Vec::new();
                for (index, part) in parts.iter().enumerate() {
                    let part = self.merged_object(part, &format!("{pointer}/allOf/{index}"))?;
                    for (name, schema) in part.form.properties {
                        form.properties.retain(|(known, _)| *known != name);
                        form.properties.push((name, schema));
                    }
                    form.required.extend(part.form.required);
                    pointers.extend(part.pointers);
                }
                Some(MergedObject { form, pointers })
            }
            _ => {
                let message = "`allOf` is supported only if each part is an object: describe it differently in an overlay";
                self.problem(pointer, message);
                None
            }
        }
    }
}

/// Returns the identifier of a field. Those of requests have setters.
pub(super) fn field_ident(wire: &str, role: Role) -> String {
    let ident = snake_case_ident(wire);
    match role {
        Role::Response => ident,
        Role::Request | Role::Query | Role::Form => field_with_setter(ident),
    }
}

/// Returns the value of an enum that has only one.
fn only_value(schema: &SchemaRef) -> Option<String> {
    match SchemaForm::of(schema) {
        SchemaForm::String { values, .. } => match &*values {
            [value] => Some((*value).to_owned()),
            _ => None,
        },
        _ => None,
    }
}
