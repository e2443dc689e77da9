//! The type of an operation's response.

use openapiv3::{ReferenceOr, Response, StatusCode};

use super::context::LoweringContext;
use super::openapi_operations::OpenApiOperation;
use super::schema_form::SchemaRef;
use super::schema_location::SchemaLocation;
use crate::json_pointer::escape;
use crate::model::{Role, Type};
use crate::names::{OperationName, TypeKey, TypeName, pascal_case};

impl<'a> LoweringContext<'a> {
    /// Lowers the type of an operation's successful response.
    pub(super) fn response_type(
        &mut self,
        operation: &OpenApiOperation<'a>,
        name: &OperationName,
    ) -> Type {
        let mut types = Vec::new();
        for (status, response) in &operation.definition.responses.responses {
            if !is_success(status) {
                continue;
            }
            types.push(match self.response_content(response) {
                None => Type::Unit,
                Some(Content::Text) => Type::String,
                Some(Content::Json(component, schema)) => {
                    let location = response_location(operation, name, component, status);
                    self.schema_type(schema, &location)
                }
            });
        }
        match &*types {
            [] => {
                self.problem(
                    &operation.pointer,
                    "the operation has no response with a status from 200 to 299: add one with an overlay",
                );
                Type::Unit
            }
            [first, rest @ ..] if rest.iter().all(|other| other == first) => first.clone(),
            _ => {
                self.problem(
                    &operation.pointer,
                    "successful responses of different types are not supported: remove all but one with an overlay",
                );
                Type::Unit
            }
        }
    }

    /// Returns what the body of a response consists of, if it has one.
    fn response_content(&self, response: &'a ReferenceOr<Response>) -> Option<Content<'a>> {
        let (component, response) = self.document.response(response)?;
        if let Some(media) = response.content.get("application/json") {
            return Some(Content::Json(component, media.schema.as_ref()?));
        }
        let mut media_types = response.content.keys();
        let is_text = media_types.any(|media_type| media_type.starts_with("text/"));
        is_text.then_some(Content::Text)
    }
}

/// What the body of a response consists of.
enum Content<'a> {
    /// JSON, with its schema and the name of the response's component if it is a reference.
    Json(Option<&'a str>, &'a SchemaRef),
    /// Text, such as a page.
    Text,
}

fn is_success(status: &StatusCode) -> bool {
    matches!(status, StatusCode::Code(200..=299) | StatusCode::Range(2))
}

fn response_location(
    operation: &OpenApiOperation<'_>,
    name: &OperationName,
    component: Option<&str>,
    status: &StatusCode,
) -> SchemaLocation {
    let (response, key, default_name) = match component {
        Some(component) => (
            format!("/components/responses/{}", escape(component)),
            TypeKey::response(component),
            pascal_case(component),
        ),
        None => (
            format!("{}/responses/{status}", operation.pointer),
            TypeKey::operation(&operation.id, &status.to_string()),
            format!(
                "{}{}Response",
                pascal_case(&name.module),
                pascal_case(&name.function)
            ),
        ),
    };
    SchemaLocation {
        pointer: format!("{response}/content/application~1json/schema"),
        key,
        default_name: TypeName {
            module: name.module.clone(),
            name: default_name,
        },
        role: Role::Response,
    }
}
