//! Generates the arguments of an operation from the schemas of its parameters and request body.

use serde_json::{Value, json};

use crate::document::{DOCUMENT, OperationSpec};
use crate::dynamic_calls::CallArguments;
use crate::schema_instances::{
    FieldSelection, GenerationError, Instance, InstanceGenerator, NodeKind,
};

/// Parameters of the document that the SDK does not have, by operation ID and parameter.
const OMITTED_PARAMETERS: [(&str, &str); 1] = [
    // A deprecated spelling of `frontend_api`, which the operation has as well.
    ("GetPublicInterstitial", "frontendApi"),
];

/// String parameters for which the SDK has a more specific type, by operation ID and parameter, with a valid value.
const MORE_SPECIFIC_VALUES: [(&str, &str, &str); 1] = [
    // A boolean, as the same parameter is in other operations.
    ("ListOrganizationDomains", "verified", "true"),
];

/// Body members that the SDK requires and the document does not, by operation ID.
const ADDITIONALLY_REQUIRED: [(&str, &str); 1] = [
    // An upload without its file is not useful.
    ("SetUserProfileImage", "file"),
];

/// Generates the arguments of an operation.
pub(crate) fn generate_arguments(
    operation: &OperationSpec,
    selection: FieldSelection,
) -> Result<Instance, GenerationError> {
    let mut path = Instance::empty_object();
    let mut query = Instance::empty_object();
    for parameter in &operation.parameters {
        let is_selected = parameter.required || selection != FieldSelection::Required;
        let is_omitted = OMITTED_PARAMETERS.contains(&(&operation.id, &parameter.name));
        if !is_selected || is_omitted {
            continue;
        }
        let mut generator = InstanceGenerator::new(&DOCUMENT, selection);
        let mut argument = generator.generate(&parameter.schema, &parameter.name)?;
        for (id, name, value) in MORE_SPECIFIC_VALUES {
            if (id, name) == (&operation.id, &parameter.name) {
                argument.value = json!(value);
            }
        }
        match parameter.location.as_str() {
            "path" => path.insert(&parameter.name, argument),
            "query" => query.insert(&parameter.name, argument),
            location => {
                return Err(GenerationError::UnsupportedSchema(format!(
                    "{}: a parameter in {location} is not supported",
                    operation.pointer
                )));
            }
        }
    }
    let mut arguments = Instance::empty_object();
    arguments.insert("path", path);
    arguments.insert("query", query);
    if let Some(body) = &operation.request_body {
        let required = ADDITIONALLY_REQUIRED
            .iter()
            .filter(|(id, _)| *id == operation.id);
        let mut generator = InstanceGenerator::new(&DOCUMENT, selection);
        generator.require(required.map(|(_, member)| (*member).to_owned()));
        arguments.insert("body", generator.generate(&body.schema, "body")?);
    }
    Ok(arguments)
}

/// Generates the required arguments of an operation.
pub(crate) fn required_arguments(operation: &OperationSpec) -> CallArguments {
    let arguments = generate_arguments(operation, FieldSelection::Required);
    CallArguments(
        arguments
            .expect("the request tests check that arguments can be generated")
            .value,
    )
}

/// Returns the arguments once for each value of each enum in them, with the pointer of the enum's schema.
pub(crate) fn with_each_enum_value(arguments: &Instance) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    for node in &arguments.nodes {
        if let NodeKind::Enum(values) = &node.kind {
            for value in values {
                let changed = arguments.replace_at(&node.pointer, value.clone());
                all.push((node.schema.clone(), changed));
            }
        }
    }
    all
}
