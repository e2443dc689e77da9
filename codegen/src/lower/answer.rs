//! What an operation gives: the type of its answer, and of its errors.

use openapiv3::{ReferenceOr, Response, StatusCode};

use super::Lowering;
use super::operation::Found;
use super::schema::SchemaRef;
use super::types::Place;
use crate::document::escape;
use crate::model::{Role, Type};
use crate::names::{OperationName, TypeName, pascal};

impl<'a> Lowering<'a> {
    /// The type of the answer when all went well.
    pub(crate) fn returns(&mut self, found: &Found<'a>, name: &OperationName) -> Type {
        let mut answers = Vec::new();
        for (status, response) in &found.upstream.responses.responses {
            if !matches!(status, StatusCode::Code(200..=299) | StatusCode::Range(2)) {
                continue;
            }
            answers.push(match self.response_schema(response) {
                None => Type::Unit,
                Some((key, schema)) => {
                    let response = match key {
                        Some(component) => format!("/components/responses/{}", escape(component)),
                        None => format!("{}/responses/{status}", found.pointer),
                    };
                    let pointer = format!("{response}/content/application~1json/schema");
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
                let name = super::component::component_name(reference);
                let response = self.document.components().responses.get(name)?.as_item()?;
                (Some(name), response)
            }
        };
        let media = response.content.get("application/json")?;
        Some((component, media.schema.as_ref()?))
    }

    /// The types of error answers that are components. Inline ones are variants of the same.
    pub(crate) fn error_types(&mut self, found: &[Found<'a>]) {
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
}
