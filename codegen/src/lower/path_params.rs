//! Path parameters, and the values that are reserved because the path would match another operation.

use std::collections::{BTreeMap, BTreeSet};

use openapiv3::Parameter;

use super::context::LoweringContext;
use super::openapi_operations::OpenApiOperation;
use crate::model::{HttpMethod, Operation, PathParam};
use crate::names::{is_identifier, snake_case_ident};

impl LoweringContext<'_> {
    /// Lowers the parameters in the path template, in the order of the template.
    pub(super) fn path_params(&mut self, operation: &OpenApiOperation<'_>) -> Vec<PathParam> {
        let mut segments = operation.path.split('/');
        let is_partial = |segment: &str| {
            let name = segment
                .strip_prefix('{')
                .and_then(|it| it.strip_suffix('}'));
            name.unwrap_or(segment).contains(['{', '}'])
        };
        if segments.any(is_partial) {
            let message = "a path parameter that is only a part of a segment is not supported: extend the generator";
            self.problem(&operation.pointer, message);
        }
        let names = operation
            .path
            .split('/')
            .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
        let is_declared = |name: &str| {
            operation.parameters.iter().any(|parameter| {
                matches!(parameter, Parameter::Path { parameter_data, .. } if parameter_data.name == name)
            })
        };
        let mut params: Vec<PathParam> = Vec::new();
        for name in names {
            let ident = path_param_ident(name);
            if !is_identifier(&ident) || params.iter().any(|it| it.ident == ident) {
                let message = format!(
                    "the path parameter `{{{name}}}` has no Rust name of its own (`{ident}`): extend the generator"
                );
                self.problem(&operation.pointer, message);
            }
            if !is_declared(name) {
                self.problem(
                    &operation.pointer,
                    format!(
                        "the path parameter `{{{name}}}` is not declared: declare it in an overlay"
                    ),
                );
            }
            params.push(PathParam {
                wire: name.to_owned(),
                ident,
                reserved: Vec::new(),
            });
        }
        params
    }
}

/// Returns the identifier of a path parameter. `params` is the argument for all other parameters.
fn path_param_ident(wire: &str) -> String {
    match snake_case_ident(wire) {
        ident if ident == "params" => "params_".to_owned(),
        ident => ident,
    }
}

/// Finds the values of path parameters that would call another operation: `user::get("count")` must
/// not call `user::count`.
pub(super) fn reserve_values(modules: &mut BTreeMap<String, Vec<Operation>>) {
    let routes: Vec<(HttpMethod, Vec<String>)> = modules
        .values()
        .flatten()
        .map(|operation| (operation.method, segments(&operation.path)))
        .collect();
    for operation in modules.values_mut().flatten() {
        let path = segments(&operation.path);
        let others: Vec<&[String]> = routes
            .iter()
            .filter(|(method, other)| *method == operation.method && other.len() == path.len())
            .map(|(_, other)| other.as_slice())
            .collect();
        for param in &mut operation.path_params {
            let placeholder = format!("{{{}}}", param.wire);
            if let Some(index) = path.iter().position(|segment| *segment == placeholder) {
                param.reserved = reserved_values(&path, index, &others);
            }
        }
    }
}

/// Returns the literal segments at `index` of those `others` that match `path` in every other segment.
fn reserved_values(path: &[String], index: usize, others: &[&[String]]) -> Vec<String> {
    let matches_elsewhere =
        |other: &[String]| (0..path.len()).all(|at| at == index || overlap(&path[at], &other[at]));
    let values: BTreeSet<&String> = others
        .iter()
        .filter(|other| !is_placeholder(&other[index]) && matches_elsewhere(other))
        .map(|other| &other[index])
        .collect();
    values.into_iter().cloned().collect()
}

fn segments(path: &str) -> Vec<String> {
    path.split('/').skip(1).map(str::to_owned).collect()
}

fn is_placeholder(segment: &str) -> bool {
    segment.starts_with('{')
}

/// Returns whether some value matches both segments.
fn overlap(one: &str, other: &str) -> bool {
    one == other || is_placeholder(one) || is_placeholder(other)
}
