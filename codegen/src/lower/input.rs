//! What an operation takes: its query, or its body, as one params struct.

use std::collections::BTreeMap;

use openapiv3::{
    MediaType, Parameter, ParameterData, ParameterSchemaOrContent, QueryStyle, ReferenceOr,
    RequestBody,
};

use super::Lowering;
use super::operation::Found;
use super::schema::{Form, SchemaRef};
use super::types::Place;
use crate::document::escape;
use crate::model::{Field, Home, Input, Object, Role, Shape, Type, TypeDef};
use crate::names::{OperationName, TypeName, pascal, snake};

impl<'a> Lowering<'a> {
    pub(crate) fn input(&mut self, found: &Found<'a>, name: &OperationName) -> Input {
        let query: Vec<_> = query_parameters(found).collect();
        for parameter in &found.parameters {
            if matches!(
                parameter,
                Parameter::Header { .. } | Parameter::Cookie { .. }
            ) {
                self.problem(&found.pointer, "parameters in headers and cookies are not understood: remove it with an overlay, or teach the generator");
            }
        }
        match (query.is_empty(), self.body(found)) {
            (true, None) => Input::None,
            (false, None) => Input::Query(self.query_params(found, name)),
            (true, Some((content_type, media))) => {
                self.body_params(found, name, &content_type, media)
            }
            (false, Some(_)) => {
                self.problem(
                    &found.pointer,
                    "an operation with a query and a body is not understood: teach the generator",
                );
                Input::None
            }
        }
    }

    fn query_params(&mut self, found: &Found<'_>, name: &OperationName) -> String {
        let mut fields = Vec::new();
        for (data, style) in query_parameters(found) {
            let pointer = format!("{}/parameters/{}", found.pointer, data.name);
            let ParameterSchemaOrContent::Schema(schema) = &data.format else {
                self.problem(
                    pointer,
                    "a parameter without a schema is not understood: give it one with an overlay",
                );
                continue;
            };
            if *style != QueryStyle::Form {
                self.problem(
                    &pointer,
                    "only parameters of the style `form` are understood: teach the generator",
                );
            }
            let place = Place {
                pointer,
                key: format!("{}.query/{}", found.id, data.name),
                rule: TypeName {
                    module: name.module.clone(),
                    name: format!("{}{}", pascal(&name.function), pascal(&data.name)),
                },
                role: Role::Query,
            };
            let ty = self.ty(schema, &place);
            let notes = self.notes(schema);
            fields.push(Field {
                wire: data.name.clone(),
                ident: snake(&data.name),
                required: data.required,
                nullable: false,
                secret: false,
                joined: matches!(ty, Type::Array(_)) && data.explode == Some(false),
                ty,
                deprecated: data.deprecated.unwrap_or_default(),
                docs: data.description.clone().or(notes.docs),
                facts: crate::docs::facts(schema),
            });
        }
        let pointer = format!("{}/parameters", found.pointer);
        self.in_order(&mut fields, &pointer);
        self.define_params(name, pointer, Role::Query, fields)
    }

    fn body_params(
        &mut self,
        found: &Found<'_>,
        name: &OperationName,
        content_type: &str,
        media: &MediaType,
    ) -> Input {
        let pointer = format!("{}/requestBody", found.pointer);
        let (role, wrap): (Role, fn(String) -> Input) = match content_type {
            "application/json" => (Role::Request, Input::Json),
            "multipart/form-data" => (Role::Form, Input::Form),
            other => {
                self.problem(
                    pointer,
                    format!("a body of the type `{other}` is not understood: teach the generator"),
                );
                return Input::None;
            }
        };
        let Some(schema) = &media.schema else {
            self.problem(
                pointer,
                "a body without a schema is not understood: give it one with an overlay",
            );
            return Input::None;
        };
        let mut pointer = format!("{pointer}/content/{}/schema", escape(content_type));
        let (item, is_array) = self.array_item(schema, &pointer);
        if is_array {
            pointer.push_str("/items");
        }
        self.parts.clear();
        let Some(object) = self.merged(&item, &pointer) else {
            return Input::None;
        };
        let parts = std::mem::take(&mut self.parts);
        let place = Place {
            pointer: pointer.clone(),
            key: format!("{}.body", found.id),
            rule: TypeName {
                module: name.module.clone(),
                name: pascal(&name.function),
            },
            role,
        };
        let fields = self.fields(&object, &place);
        let params = self.define_params(name, pointer, role, fields);
        let home = Home::Module(name.module.clone());
        self.made_of(&Type::Named(home, params.clone()), parts);
        if is_array {
            Input::JsonList(params)
        } else {
            wrap(params)
        }
    }

    /// The struct that a body is made of, and whether the body is an array of it.
    pub(crate) fn array_item(&mut self, schema: &SchemaRef, pointer: &str) -> (SchemaRef, bool) {
        match self.resolved(schema, pointer) {
            (Form::Array(Some(items)), _) => (items, true),
            _ => (schema.clone(), false),
        }
    }

    fn define_params(
        &mut self,
        name: &OperationName,
        pointer: String,
        role: Role,
        fields: Vec<Field>,
    ) -> String {
        let params = format!("{}Params", pascal(&name.function));
        let shape = Shape::Object(Object {
            role,
            fields,
            arguments: name.arguments.clone(),
        });
        let docs = format!("Parameters of [`{}`].", name.function);
        self.define_named(&name.module, &params, docs, pointer, shape);
        params
    }

    pub(crate) fn body(&mut self, found: &Found<'a>) -> Option<(String, &'a MediaType)> {
        let body: &'a RequestBody = match found.upstream.request_body.as_ref()? {
            ReferenceOr::Item(body) => body,
            ReferenceOr::Reference { reference } => {
                let name = super::component::component_name(reference);
                self.document
                    .components()
                    .request_bodies
                    .get(name)?
                    .as_item()?
            }
        };
        if body.content.len() != 1 {
            self.problem(
                &found.pointer,
                "a body of several types is not understood: leave one with an overlay",
            );
        }
        let (content_type, media) = body.content.first()?;
        Some((content_type.clone(), media))
    }

    fn define_named(
        &mut self,
        module: &str,
        name: &str,
        docs: String,
        pointer: String,
        shape: Shape,
    ) {
        let home = Home::Module(module.to_owned());
        let definition = TypeDef {
            home: home.clone(),
            name: name.to_owned(),
            docs: Some(docs),
            values: BTreeMap::new(),
            deprecated: false,
            shape,
            pointer: pointer.clone(),
        };
        let made = self.places.entry(pointer.clone()).or_default();
        made.insert((home.clone(), name.to_owned()));
        if self
            .types
            .insert((home, name.to_owned()), definition)
            .is_some()
        {
            self.problem(
                pointer,
                format!(
                    "`{module}::{name}` is also another type's name: rename that in names.toml"
                ),
            );
        }
    }
}

pub(crate) fn query_parameters<'f>(
    found: &'f Found<'_>,
) -> impl Iterator<Item = (&'f ParameterData, &'f QueryStyle)> {
    found
        .parameters
        .iter()
        .filter_map(|parameter| match parameter {
            Parameter::Query {
                parameter_data,
                style,
                ..
            } => Some((parameter_data, style)),
            _ => None,
        })
}
