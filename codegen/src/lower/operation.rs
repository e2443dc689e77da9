//! Operations to the model: where they are, what they take, what they give.

use std::collections::BTreeMap;

use openapiv3::{
    MediaType, Operation as Upstream, Parameter, ParameterData, ParameterSchemaOrContent,
    QueryStyle, ReferenceOr, RequestBody, Response, StatusCode,
};

use super::Lowering;
use super::schema::{Form, SchemaRef};
use super::types::Place;
use crate::model::{Field, Input, Object, Operation, PathParam, Role, Shape, Type, Verb};
use crate::names::{OperationName, TypeName, operation_rule, pascal, snake};

/// An operation of the document, and where it stands.
struct Found<'a> {
    id: String,
    verb: Verb,
    path: &'a str,
    pointer: String,
    upstream: &'a Upstream,
    parameters: Vec<&'a Parameter>,
}

/// Lowers every operation, by module.
pub(crate) fn lower_operations<'a>(
    lowering: &mut Lowering<'a>,
) -> BTreeMap<String, Vec<Operation>> {
    let found: Vec<Found<'a>> = find(lowering);
    let names: Vec<OperationName> = found.iter().map(|it| lowering.operation_name(it)).collect();
    // Answers first: a request's enum that an answer also has is then known.
    let returns: Vec<Type> = found
        .iter()
        .zip(&names)
        .map(|(found, name)| {
            lowering.module.clone_from(&name.module);
            lowering.returns(found, name)
        })
        .collect();
    "error".clone_into(&mut lowering.module);
    lowering.error_types(&found);

    let mut modules: BTreeMap<String, Vec<Operation>> = BTreeMap::new();
    for ((found, name), returns) in found.iter().zip(&names).zip(returns) {
        lowering.module.clone_from(&name.module);
        let input = lowering.input(found, name);
        let operation = Operation {
            id: found.id.clone(),
            name: name.function.clone(),
            verb: found.verb,
            path: found.path.to_owned(),
            path_params: lowering.path_params(found),
            input,
            returns,
            needs_key: found
                .upstream
                .security
                .as_ref()
                .is_none_or(|it| !it.is_empty()),
            deprecated: found.upstream.deprecated,
            docs: found.upstream.description.clone(),
        };
        let module = modules.entry(name.module.clone()).or_default();
        if let Some(twin) = module.iter().find(|other| other.name == operation.name) {
            let message = format!("{} has this name too: give one of them another", twin.id);
            lowering.names.operation_problem(&found.id, message);
        }
        module.push(operation);
    }
    modules
}

fn find<'a>(lowering: &mut Lowering<'a>) -> Vec<Found<'a>> {
    let document = lowering.document;
    let mut found = Vec::new();
    for (path, item) in &document.openapi.paths.paths {
        let place = format!("/paths/{}", path.replace('~', "~0").replace('/', "~1"));
        let ReferenceOr::Item(item) = item else {
            lowering.problem(
                place,
                "a path that is a reference is not understood: write it out with an overlay",
            );
            continue;
        };
        for (method, upstream) in item.iter() {
            let pointer = format!("{place}/{method}");
            let verb = match method {
                "get" => Verb::Get,
                "post" => Verb::Post,
                "put" => Verb::Put,
                "patch" => Verb::Patch,
                "delete" => Verb::Delete,
                _ => {
                    lowering.problem(
                        pointer,
                        "this method is not understood: teach the generator",
                    );
                    continue;
                }
            };
            let Some(id) = upstream.operation_id.clone() else {
                lowering.problem(
                    pointer,
                    "an operation needs an `operationId`: add one with an overlay",
                );
                continue;
            };
            let parameters = item.parameters.iter().chain(&upstream.parameters);
            let parameters = parameters
                .filter_map(|parameter| lowering.parameter(parameter, &pointer))
                .collect();
            found.push(Found {
                id,
                verb,
                path,
                pointer,
                upstream,
                parameters,
            });
        }
    }
    found
}

impl<'a> Lowering<'a> {
    fn parameter(
        &mut self,
        parameter: &'a ReferenceOr<Parameter>,
        pointer: &str,
    ) -> Option<&'a Parameter> {
        let found = match parameter {
            ReferenceOr::Item(parameter) => Some(parameter),
            ReferenceOr::Reference { reference } => {
                let name = super::types::component_name(reference);
                self.document
                    .components()
                    .parameters
                    .get(name)
                    .and_then(ReferenceOr::as_item)
            }
        };
        if found.is_none() {
            self.problem(
                pointer,
                "a parameter is a reference to a reference: write it out with an overlay",
            );
        }
        found
    }

    fn operation_name(&mut self, found: &Found<'a>) -> OperationName {
        let extension = |name: &str| {
            found
                .upstream
                .extensions
                .get(name)
                .and_then(|it| it.as_str())
        };
        let required = self.required(found);
        let tag = found.upstream.tags.first().map(String::as_str);
        let name = self.names.operation(&found.id, || {
            let group = extension("x-speakeasy-group");
            let method = extension("x-speakeasy-name-override");
            operation_rule(&found.id, group, method, tag, &required)
        });
        let sorted = |names: &[String]| {
            let mut names = names.to_vec();
            names.sort();
            names
        };
        if sorted(&name.arguments) != sorted(&required) {
            let message = format!(
                "the arguments in parentheses must be what the document requires: {}",
                if required.is_empty() {
                    "none".to_owned()
                } else {
                    required.join(", ")
                }
            );
            self.names.operation_problem(&found.id, message);
        }
        name
    }

    /// What the query and the body require, by wire name.
    fn required(&mut self, found: &Found<'a>) -> Vec<String> {
        let query = query_parameters(found)
            .filter(|(data, ..)| data.required)
            .map(|(data, ..)| data.name.clone());
        let mut required: Vec<String> = query.collect();
        if let Some((_, media)) = self.body(found)
            && let Some(schema) = &media.schema
        {
            let (item, _) = self.array_item(schema, "");
            if let Some(object) = self.merged(&item, "") {
                required.extend(object.required);
            }
        }
        required
    }

    fn path_params(&mut self, found: &Found<'_>) -> Vec<PathParam> {
        let template = found
            .path
            .split('/')
            .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
        let declared = |wire: &str| {
            found.parameters.iter().any(|parameter| {
                matches!(parameter, Parameter::Path { parameter_data, .. } if parameter_data.name == wire)
            })
        };
        let mut params = Vec::new();
        for wire in template {
            if !declared(wire) {
                self.problem(&found.pointer, format!("the path has `{{{wire}}}`, but no parameter of that name: add it with an overlay"));
            }
            params.push(PathParam {
                wire: wire.to_owned(),
                ident: snake(wire),
                reserved: Vec::new(),
            });
        }
        params
    }

    fn input(&mut self, found: &Found<'a>, name: &OperationName) -> Input {
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
        let (item, is_array) = self.array_item(schema, &pointer);
        let Some(object) = self.merged(&item, &pointer) else {
            return Input::None;
        };
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
        if is_array {
            Input::JsonList(params)
        } else {
            wrap(params)
        }
    }

    /// The struct that a body is made of, and whether the body is an array of it.
    fn array_item(&mut self, schema: &SchemaRef, pointer: &str) -> (SchemaRef, bool) {
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

    fn body(&mut self, found: &Found<'a>) -> Option<(String, &'a MediaType)> {
        let body: &'a RequestBody = match found.upstream.request_body.as_ref()? {
            ReferenceOr::Item(body) => body,
            ReferenceOr::Reference { reference } => {
                let name = super::types::component_name(reference);
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

    /// The type of the answer when all went well.
    fn returns(&mut self, found: &Found<'a>, name: &OperationName) -> Type {
        let mut answers = Vec::new();
        for (status, response) in &found.upstream.responses.responses {
            if !matches!(status, StatusCode::Code(200..=299) | StatusCode::Range(2)) {
                continue;
            }
            answers.push(match self.response_schema(response) {
                None => Type::Unit,
                Some((key, schema)) => {
                    let pointer = format!("{}/responses/{status}", found.pointer);
                    let place = self.answer_place(found, name, key, pointer, status);
                    self.ty(schema, &place)
                }
            });
        }
        match &*answers {
            [] => {
                self.problem(
                    &found.pointer,
                    "no answer with a status from 200 to 299: add one with an overlay",
                );
                Type::Unit
            }
            [first, rest @ ..] if rest.iter().all(|other| other == first) => first.clone(),
            _ => {
                self.problem(
                    &found.pointer,
                    "answers of several types are not understood: leave one with an overlay",
                );
                Type::Unit
            }
        }
    }

    fn answer_place(
        &mut self,
        found: &Found<'_>,
        name: &OperationName,
        component: Option<&str>,
        pointer: String,
        status: &StatusCode,
    ) -> Place {
        let (key, rule) = match component {
            Some(component) => (format!("responses/{component}"), pascal(component)),
            None => (
                format!("{}.{status}", found.id),
                format!("{}{}Response", pascal(&name.module), pascal(&name.function)),
            ),
        };
        Place {
            pointer,
            key,
            rule: TypeName {
                module: name.module.clone(),
                name: rule,
            },
            role: Role::Response,
        }
    }

    fn response_schema(
        &self,
        response: &'a ReferenceOr<Response>,
    ) -> Option<(Option<&'a str>, &'a SchemaRef)> {
        let (component, response) = match response {
            ReferenceOr::Item(response) => (None, response),
            ReferenceOr::Reference { reference } => {
                let name = super::types::component_name(reference);
                let response = self.document.components().responses.get(name)?.as_item()?;
                (Some(name), response)
            }
        };
        let media = response.content.get("application/json")?;
        Some((component, media.schema.as_ref()?))
    }

    /// The types of error answers that are components. Inline ones are variants of the same.
    fn error_types(&mut self, found: &[Found<'a>]) {
        for found in found {
            for (status, response) in &found.upstream.responses.responses {
                if matches!(status, StatusCode::Code(200..=299) | StatusCode::Range(2)) {
                    continue;
                }
                let schema = self.response_schema(response).map(|(_, schema)| schema);
                if let Some(schema @ ReferenceOr::Reference { .. }) = schema {
                    let place = Place {
                        pointer: found.pointer.clone(),
                        key: String::new(),
                        rule: TypeName {
                            module: String::new(),
                            name: String::new(),
                        },
                        role: Role::Response,
                    };
                    self.ty(schema, &place);
                }
            }
        }
    }

    fn define_named(
        &mut self,
        module: &str,
        name: &str,
        docs: String,
        pointer: String,
        shape: Shape,
    ) {
        let home = crate::model::Home::Module(module.to_owned());
        let definition = crate::model::TypeDef {
            home: home.clone(),
            name: name.to_owned(),
            docs: Some(docs),
            deprecated: false,
            shape,
            pointer: pointer.clone(),
        };
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

fn query_parameters<'f>(
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
