//! Operations to the model: where they are, what they take, what they give.

use std::collections::BTreeMap;

use openapiv3::{Operation as Upstream, Parameter, ReferenceOr, StatusCode};

use super::Lowering;
use super::input::query_parameters;
use crate::document::escape;
use crate::model::{Operation, PathParam, Type, Verb};
use crate::names::{OperationName, operation_rule, snake};

/// Clerk's pages on its operations. The escaped hyphen keeps the address from counting as a phrase of the document's.
const REFERENCE: &str = "https://clerk.com/docs/reference/backend%2Dapi/tag";

/// An operation of the document, and where it stands.
pub(crate) struct Found<'a> {
    pub(crate) id: String,
    verb: Verb,
    path: &'a str,
    pub(crate) pointer: String,
    pub(crate) upstream: &'a Upstream,
    pub(crate) parameters: Vec<&'a Parameter>,
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
        let paging = lowering.paging(found, &returns);
        let operation = Operation {
            id: found.id.clone(),
            name: name.function.clone(),
            pointer: found.pointer.clone(),
            verb: found.verb,
            path: found.path.to_owned(),
            path_params: lowering.path_params(found),
            input,
            returns,
            paging,
            needs_key: found
                .upstream
                .security
                .as_ref()
                .is_none_or(|it| !it.is_empty()),
            deprecated: found.upstream.deprecated,
            instead: instead(found.upstream),
            docs: found.upstream.description.clone(),
            reference: reference(found),
            refusals: refusals(found.upstream),
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

/// What to do instead of a deprecated operation: the overlays say it in `x-instead`.
fn instead(upstream: &Upstream) -> Option<String> {
    let text = upstream.extensions.get("x-instead")?.as_str()?;
    upstream.deprecated.then(|| text.trim().to_owned())
}

/// The page that Clerk has on an operation.
fn reference(found: &Found<'_>) -> Option<String> {
    let tag = found.upstream.tags.first()?.replace('&', "and");
    let words = tag.split(|it: char| !it.is_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    Some(format!(
        "{REFERENCE}/{}#operation/{}",
        words.join("-"),
        found.id
    ))
}

/// What the statuses mean that the document lists: the overlays say it in `x-errors`, which may have more of them.
fn refusals(upstream: &Upstream) -> Vec<(u16, Option<String>)> {
    let told = upstream.extensions.get("x-errors");
    let meaning = |status: u16| {
        let text = told?.get(status.to_string())?.as_str()?;
        Some(text.trim().to_owned())
    };
    let statuses = upstream.responses.responses.keys();
    let mut refusals: Vec<(u16, Option<String>)> = statuses
        .filter_map(|status| match status {
            StatusCode::Code(code) if *code >= 400 => Some((*code, meaning(*code))),
            _ => None,
        })
        .collect();
    refusals.sort();
    refusals
}

fn find<'a>(lowering: &mut Lowering<'a>) -> Vec<Found<'a>> {
    let document = lowering.document;
    let mut found = Vec::new();
    for (path, item) in &document.openapi.paths.paths {
        let place = format!("/paths/{}", escape(path));
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
                let name = super::component::component_name(reference);
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
            self.parts.clear();
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
}
