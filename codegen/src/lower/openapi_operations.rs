//! The operations as the OpenAPI document describes them, each with its location and parameters.

use openapiv3::{Operation, Parameter, ParameterData, QueryStyle, ReferenceOr};

use super::context::LoweringContext;
use crate::json_pointer::escape;
use crate::model::HttpMethod;

/// An operation of the document, not lowered yet.
pub(super) struct OpenApiOperation<'a> {
    pub(super) id: String,
    pub(super) method: HttpMethod,
    pub(super) path: &'a str,
    /// The JSON pointer of the operation.
    pub(super) pointer: String,
    pub(super) definition: &'a Operation,
    /// The parameters of the operation and of its path item.
    pub(super) parameters: Vec<&'a Parameter>,
}

impl OpenApiOperation<'_> {
    pub(super) fn query_parameters(&self) -> impl Iterator<Item = (&ParameterData, &QueryStyle)> {
        self.parameters
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
}

/// Collects the operations of all paths.
pub(super) fn openapi_operations<'a>(
    context: &mut LoweringContext<'a>,
) -> Vec<OpenApiOperation<'a>> {
    let document = context.document;
    let mut operations = Vec::new();
    for (path, item) in &document.openapi.paths.paths {
        let path_pointer = format!("/paths/{}", escape(path));
        let ReferenceOr::Item(item) = item else {
            context.problem(
                path_pointer,
                "a path item that is a reference is not supported: inline it with an overlay",
            );
            continue;
        };
        for (method, definition) in item.iter() {
            let pointer = format!("{path_pointer}/{method}");
            let Some(method) = http_method(method) else {
                context.problem(
                    pointer,
                    "this HTTP method is not supported: extend the generator",
                );
                continue;
            };
            let Some(id) = definition.operation_id.clone() else {
                context.problem(
                    pointer,
                    "an operation needs an `operationId`: add one with an overlay",
                );
                continue;
            };
            let parameters = item.parameters.iter().chain(&definition.parameters);
            let parameters = parameters
                .filter_map(|parameter| context.parameter(parameter, &pointer))
                .collect();
            operations.push(OpenApiOperation {
                id,
                method,
                path,
                pointer,
                definition,
                parameters,
            });
        }
    }
    operations
}

fn http_method(name: &str) -> Option<HttpMethod> {
    match name {
        "get" => Some(HttpMethod::Get),
        "post" => Some(HttpMethod::Post),
        "put" => Some(HttpMethod::Put),
        "patch" => Some(HttpMethod::Patch),
        "delete" => Some(HttpMethod::Delete),
        _ => None,
    }
}

impl<'a> LoweringContext<'a> {
    fn parameter(
        &mut self,
        parameter: &'a ReferenceOr<Parameter>,
        pointer: &str,
    ) -> Option<&'a Parameter> {
        let resolved = self.document.parameter(parameter);
        if resolved.is_none() {
            self.problem(
                pointer,
                "a parameter that is a reference to a reference is not supported: inline it with an overlay",
            );
        }
        resolved
    }
}
