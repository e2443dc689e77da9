//! Lowers the operations: their names, input, response and documentation.

use std::collections::BTreeMap;

use super::context::LoweringContext;
use super::openapi_operations::{OpenApiOperation, openapi_operations};
use super::operation_docs::{error_statuses, reference_path, replacement};
use crate::model::{Operation, Type};
use crate::names::{NameKey, OperationName};

/// Lowers every operation, and returns them by module.
pub(super) fn lower_operations(
    context: &mut LoweringContext<'_>,
) -> BTreeMap<String, Vec<Operation>> {
    let operations = openapi_operations(context);
    let names: Vec<OperationName> = operations
        .iter()
        .map(|operation| context.operation_name(operation))
        .collect();
    // Responses are lowered before requests, so that an enum in both is named after the response.
    let returns: Vec<Type> = operations
        .iter()
        .zip(&names)
        .map(|(operation, name)| {
            context.module.clone_from(&name.module);
            context.response_type(operation, name)
        })
        .collect();

    let mut modules: BTreeMap<String, Vec<Operation>> = BTreeMap::new();
    for ((operation, name), returns) in operations.iter().zip(&names).zip(returns) {
        context.module.clone_from(&name.module);
        let lowered = lower_operation(context, operation, name, returns);
        let module = modules.entry(name.module.clone()).or_default();
        if let Some(other) = module.iter().find(|other| other.name == lowered.name) {
            let message = format!("{} has the same name: rename one of them", other.id);
            let [key, other] = [&operation.id, &other.id].map(|id| NameKey::Operation(id.clone()));
            context.names.clash(key, other, message);
        }
        module.push(lowered);
    }
    modules
}

fn lower_operation<'a>(
    context: &mut LoweringContext<'a>,
    operation: &OpenApiOperation<'a>,
    name: &OperationName,
    returns: Type,
) -> Operation {
    let definition = operation.definition;
    // An empty list of security requirements means that the operation needs no key.
    let security = definition.security.as_ref();
    Operation {
        id: operation.id.clone(),
        name: name.function.clone(),
        pointer: operation.pointer.clone(),
        method: operation.method,
        path: operation.path.to_owned(),
        input: context.input(operation, name),
        pagination: context.pagination(operation, &returns),
        path_params: context.path_params(operation),
        returns,
        needs_key: security.is_none_or(|requirements| !requirements.is_empty()),
        deprecated: definition.deprecated,
        replacement: replacement(definition),
        docs: definition.description.clone(),
        reference_path: reference_path(operation),
        error_statuses: error_statuses(definition),
    }
}
