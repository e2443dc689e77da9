//! Schemas to the model's types. Every struct and enum gets its name here.

use std::collections::BTreeMap;

use openapiv3::{ReferenceOr, Schema};
use serde_json::Value;

use super::Lowering;
use super::component::component_name;
use super::schema::{Form, ObjectForm, SchemaRef, form};
use crate::document::escape;
use crate::model::{Field, Home, Object, Role, Shape, Type, TypeDef};
use crate::names::{TypeName, pascal, singular, snake};

/// Where a schema stands: for errors, for the names table, and for the name by rule.
#[derive(Clone)]
pub(crate) struct Place {
    /// The JSON pointer.
    pub(crate) pointer: String,
    /// The key in `names.toml`: `User/verification`, `ListInvitations.query/status`.
    pub(crate) key: String,
    /// The name it gets where the table has none.
    pub(crate) rule: TypeName,
    pub(crate) role: Role,
}

impl Place {
    pub(crate) fn below(&self, pointer: &str, key: &str, suffix: &str) -> Self {
        Self {
            pointer: format!("{}/{pointer}", self.pointer),
            key: format!("{}/{key}", self.key),
            rule: TypeName {
                module: self.rule.module.clone(),
                name: format!("{}{}", self.rule.name, pascal(suffix)),
            },
            role: self.role,
        }
    }

    fn property(&self, name: &str) -> Self {
        self.below(&format!("properties/{}", escape(name)), name, name)
    }

    /// An array's item is named by the singular of the array.
    fn item(&self) -> Self {
        let mut place = self.below("items", "[]", "");
        place.rule.name = singular(&self.rule.name);
        place
    }
}

/// What a schema says beside its form.
pub(crate) struct Notes {
    pub(crate) docs: Option<String>,
    /// What its type is, where that is not what it is for.
    about: Option<String>,
    /// What the values of an enum mean.
    values: BTreeMap<String, String>,
    pub(crate) nullable: bool,
    pub(crate) deprecated: bool,
    pub(crate) secret: bool,
    instant: Option<String>,
}

impl<'a> Lowering<'a> {
    /// The type of what stands at `place`.
    pub(crate) fn ty(&mut self, schema: &SchemaRef, place: &Place) -> Type {
        if let Some(unit) = self.notes(schema).instant {
            return self.instant(&unit, schema, place);
        }
        match form(schema) {
            Form::Reference(reference) => self.component(reference, place.role),
            Form::Text { values, format } => self.text(schema, &values, format, place),
            Form::Integer => Type::Integer,
            Form::Number => Type::Number,
            Form::Bool => Type::Bool,
            Form::Array(None) => Type::Array(Box::new(Type::Json)),
            Form::Array(Some(items)) => Type::Array(Box::new(self.ty(&items, &place.item()))),
            Form::Object(object) => self.object(schema, &object, place),
            Form::OneOf([single]) if super::union::discriminator(schema).is_none() => {
                self.ty(single, place)
            }
            Form::OneOf(shapes) => self.union(schema, shapes, place),
            Form::AllOf([single]) => self.ty(single, place),
            Form::AllOf(_) => {
                self.parts.clear();
                let Some(object) = self.merged(schema, &place.pointer) else {
                    return Type::Json;
                };
                let parts = std::mem::take(&mut self.parts);
                let ty = self.object(schema, &object, place);
                self.made_of(&ty, parts);
                ty
            }
            Form::Anything => Type::Json,
            Form::Unknown(what) => {
                let message = format!(
                    "this form of schema is not known: {what}; describe it in another way with an overlay"
                );
                self.problem(&place.pointer, message);
                Type::Json
            }
        }
    }

    /// An instant, where the overlay says so; its unit must suit its form.
    fn instant(&mut self, unit: &str, schema: &SchemaRef, place: &Place) -> Type {
        match (unit, form(schema)) {
            ("ms", Form::Integer | Form::Number) => Type::Timestamp,
            ("rfc3339", Form::Text { .. }) => Type::DateTime,
            _ => {
                let message = format!(
                    "`x-instant: {unit}` fits neither a number (`ms`) nor a text (`rfc3339`): mend the overlay"
                );
                self.problem(&place.pointer, message);
                Type::Json
            }
        }
    }

    fn text(
        &mut self,
        schema: &SchemaRef,
        values: &[&str],
        format: Option<&str>,
        place: &Place,
    ) -> Type {
        match (values, format) {
            (_, Some("binary")) => Type::File,
            (_, Some("date-time")) => Type::DateTime,
            // One value is a constant: its text says nothing that the type does not.
            ([] | [_], _) => Type::String,
            _ => {
                let mut values: Vec<String> = values.iter().map(|it| (*it).to_owned()).collect();
                values.sort();
                let mut notes = self.notes(schema);
                // What stands at a field is about the field.
                notes.docs = notes.about.take();
                self.define(place, Shape::Strings(values), notes)
            }
        }
    }

    fn object(&mut self, schema: &SchemaRef, object: &ObjectForm, place: &Place) -> Type {
        if object.properties.is_empty() {
            return match &object.values {
                Some(values) => {
                    let place = place.below("additionalProperties", "{}", "Value");
                    Type::Map(Box::new(self.ty(values, &place)))
                }
                None => Type::JsonObject,
            };
        }
        if let Some(items) = self.list_items(object, place) {
            return items;
        }
        let fields = self.fields(object, place);
        // In the order of the wire names: what upstream's order says today it may not say tomorrow.
        let required = fields.iter().filter(|field| field.required);
        let arguments = match place.role {
            Role::Response => Vec::new(),
            _ => required.map(|field| field.wire.clone()).collect(),
        };
        let shape = Shape::Object(Object {
            role: place.role,
            fields,
            arguments,
        });
        let notes = self.notes(schema);
        self.define(place, shape, notes)
    }

    /// An object around an array and a total is a page of a list, whatever it calls the array.
    fn list_items(&mut self, object: &ObjectForm, place: &Place) -> Option<Type> {
        let [(one, first), (other, second)] = &*object.properties else {
            return None;
        };
        let (name, array) = match (one.as_str(), other.as_str()) {
            (name, "total_count") => (name, first),
            ("total_count", name) => (name, second),
            _ => return None,
        };
        if place.role != Role::Response {
            return None;
        }
        let place = place.property(name);
        match self.resolved(array, &place.pointer) {
            (Form::Array(Some(_)), _) => match self.ty(array, &place) {
                Type::Array(items) => Some(Type::List(items)),
                _ => None,
            },
            _ => None,
        }
    }

    /// The fields of an object, by wire name.
    pub(crate) fn fields(&mut self, object: &ObjectForm, place: &Place) -> Vec<Field> {
        let mut fields: Vec<Field> = object
            .properties
            .iter()
            .map(|(name, schema)| {
                let ty = self.ty(schema, &place.property(name));
                let notes = self.notes(schema);
                Field {
                    wire: name.clone(),
                    ident: snake(name),
                    ty,
                    required: object.required.contains(name),
                    nullable: notes.nullable,
                    secret: notes.secret,
                    joined: false,
                    deprecated: notes.deprecated,
                    docs: notes.docs,
                    facts: crate::docs::facts(schema),
                }
            })
            .collect();
        self.in_order(&mut fields, &place.pointer);
        fields
    }

    /// Sorts fields by wire name, so that upstream's order never moves a line, and finds clashes.
    pub(crate) fn in_order(&mut self, fields: &mut [Field], pointer: &str) {
        fields.sort_by(|one, other| one.wire.cmp(&other.wire));
        for (index, field) in fields.iter().enumerate() {
            if let Some(twin) = fields[..index]
                .iter()
                .find(|other| other.ident == field.ident)
            {
                let message = format!(
                    "`{}` and `{}` are both `{}` in Rust: remove one with an overlay",
                    twin.wire, field.wire, field.ident
                );
                self.problem(pointer, message);
            }
        }
    }

    /// An object with what `allOf` adds to it, or `None` where that is no object.
    pub(crate) fn merged(&mut self, schema: &SchemaRef, pointer: &str) -> Option<ObjectForm> {
        match self.resolved(schema, pointer) {
            (Form::Object(object), pointer) => {
                self.parts.push(pointer);
                Some(object)
            }
            (Form::AllOf(parts), pointer) => {
                let mut whole = ObjectForm::default();
                for (index, part) in parts.iter().enumerate() {
                    let part = self.merged(part, &format!("{pointer}/allOf/{index}"))?;
                    for (name, schema) in part.properties {
                        whole.properties.retain(|(known, _)| *known != name);
                        whole.properties.push((name, schema));
                    }
                    whole.required.extend(part.required);
                }
                Some(whole)
            }
            _ => {
                let message = "`allOf` is understood only where each part is an object: describe it in another way with an overlay";
                self.problem(pointer, message);
                None
            }
        }
    }

    /// Names a struct or enum. Equal shapes may share a name; different ones may not.
    pub(crate) fn define(&mut self, place: &Place, shape: Shape, notes: Notes) -> Type {
        let is_request_enum = matches!(shape, Shape::Strings(_)) && place.role != Role::Response;
        let name = self.names.type_name(&place.key, || {
            let mut rule = place.rule.clone();
            if is_request_enum {
                rule.name = pascal(&rule.module) + &rule.name;
            }
            rule
        });
        let home = match shape {
            // Answers and requests mean the same by a value.
            Shape::Strings(_) => Home::Types(name.module),
            Shape::Object(_) | Shape::Union(_) => home(name.module, place.role),
        };
        let definition = TypeDef {
            home: home.clone(),
            name: name.name.clone(),
            docs: notes.about.or(notes.docs),
            values: notes.values,
            deprecated: notes.deprecated,
            shape,
            pointer: place.pointer.clone(),
        };
        let slot = (home.clone(), name.name.clone());
        let made = self.places.entry(place.pointer.clone()).or_default();
        made.insert(slot.clone());
        match self.types.get_mut(&slot) {
            Some(known) if known.shape.without_prose() == definition.shape.without_prose() => {
                known.docs = known.docs.take().or(definition.docs);
                known.values.extend(definition.values);
            }
            Some(known) => {
                let message = format!(
                    "`{}` is also the name of {}, which has another shape: give one of them another name",
                    name.name, known.pointer
                );
                self.names.type_problem(&place.key, message);
            }
            None => {
                self.types.insert(slot, definition);
            }
        }
        Type::Named(home, name.name)
    }

    /// Notes that a type is made of what stands at these places, beside its own.
    pub(crate) fn made_of(&mut self, ty: &Type, places: Vec<String>) {
        if let Some((home, name)) = ty.named() {
            for place in places {
                let made = self.places.entry(place).or_default();
                made.insert((home.clone(), name.to_owned()));
            }
        }
    }

    /// What a schema says beside its form, through references and single `allOf`.
    pub(crate) fn notes(&self, schema: &SchemaRef) -> Notes {
        let schema: &Schema = match schema {
            ReferenceOr::Reference { reference } => {
                let component = self.schemas().get(component_name(reference));
                let mut notes = component.map_or_else(Notes::none, |it| self.notes(it));
                // A type's own prose stands at the type, not at each field of it.
                (notes.docs, notes.about) = (None, None);
                return notes;
            }
            ReferenceOr::Item(schema) => schema,
        };
        let data = &schema.schema_data;
        let behind = match form_of_single(schema) {
            Some(single) => self.notes(single),
            None => Notes::none(),
        };
        let extension = |name: &str| data.extensions.get("x-type")?.get(name);
        Notes {
            docs: data.description.clone(),
            about: extension("about").and_then(|it| it.as_str().map(str::to_owned)),
            values: extension("values").map(texts).unwrap_or_default(),
            nullable: data.nullable || behind.nullable,
            deprecated: data.deprecated,
            secret: data.extensions.get("x-secret").is_some_and(|it| it == true) || behind.secret,
            instant: data
                .extensions
                .get("x-instant")
                .and_then(|unit| unit.as_str())
                .map(str::to_owned)
                .or(behind.instant),
        }
    }
}

/// Types of answers are shared by all modules; those of requests stand beside their operation.
pub(crate) fn home(module: String, role: Role) -> Home {
    match role {
        Role::Response => Home::Types(module),
        Role::Request | Role::Query | Role::Form => Home::Module(module),
    }
}

fn texts(values: &Value) -> BTreeMap<String, String> {
    let values = values.as_object().into_iter().flatten();
    values
        .filter_map(|(name, text)| Some((name.clone(), text.as_str()?.trim().to_owned())))
        .collect()
}

fn form_of_single(schema: &Schema) -> Option<&SchemaRef> {
    use openapiv3::SchemaKind;
    let parts = match &schema.schema_kind {
        SchemaKind::AllOf { all_of } => all_of,
        SchemaKind::OneOf { one_of } => one_of,
        SchemaKind::Any(any) if !any.all_of.is_empty() => &any.all_of,
        SchemaKind::Any(any) => &any.one_of,
        _ => return None,
    };
    match &**parts {
        [single] => Some(single),
        _ => None,
    }
}

impl Notes {
    pub(crate) fn none() -> Self {
        Self {
            docs: None,
            about: None,
            values: BTreeMap::new(),
            nullable: false,
            deprecated: false,
            secret: false,
            instant: None,
        }
    }
}
