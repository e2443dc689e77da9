//! Documentation of an operation besides its description: the replacement of a deprecated operation,
//! its place in the API's reference, and the meaning of error statuses.

use openapiv3::{Operation, StatusCode};

use super::openapi_operations::OpenApiOperation;

/// Returns the replacement of a deprecated operation, from the overlays' `x-replacement`.
pub(super) fn replacement(operation: &Operation) -> Option<String> {
    let replacement = operation.extensions.get("x-replacement")?.as_str()?;
    operation.deprecated.then(|| replacement.trim().to_owned())
}

/// Returns the path and fragment of an operation in the API's reference.
pub(super) fn reference_path(operation: &OpenApiOperation<'_>) -> Option<String> {
    let tag = operation.definition.tags.first()?.replace('&', "and");
    let words = tag.split(|it: char| !it.is_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    Some(format!(
        "{}#operation/{}",
        words.join("-"),
        operation.id
    ))
}

/// Returns the error statuses that the document lists, each with its meaning from the overlays'
/// `x-error-statuses`. Statuses of the overlays that the document does not list are ignored.
pub(super) fn error_statuses(operation: &Operation) -> Vec<(u16, Option<String>)> {
    let meanings = operation.extensions.get("x-error-statuses");
    let meaning = |status: u16| {
        let meaning = meanings?.get(status.to_string())?.as_str()?;
        Some(meaning.trim().to_owned())
    };
    let statuses = operation.responses.responses.keys();
    let mut statuses: Vec<(u16, Option<String>)> = statuses
        .filter_map(|status| match status {
            StatusCode::Code(code) if *code >= 400 => Some((*code, meaning(*code))),
            _ => None,
        })
        .collect();
    statuses.sort();
    statuses
}
