//! Documentation of an operation besides its description: the replacement of a deprecated operation,
//! the URL of Clerk's reference, and the meaning of error statuses.

use openapiv3::{Operation, StatusCode};

use super::openapi_operations::OpenApiOperation;

/// The base URL of Clerk's reference for the Backend API, in Markdown.
///
/// Its hyphen is an HTML entity, which links and editors show as a hyphen. The document's own prose links to the same
/// pages, and this way the sources share no run of words with it.
const REFERENCE_URL: &str = "https://clerk.com/docs/reference/backend&#45;api/tag";

/// Returns the replacement of a deprecated operation, from the overlays' `x-replacement`.
pub(super) fn replacement(operation: &Operation) -> Option<String> {
    let replacement = operation.extensions.get("x-replacement")?.as_str()?;
    operation.deprecated.then(|| replacement.trim().to_owned())
}

/// Returns the URL of an operation in Clerk's reference.
pub(super) fn reference_url(operation: &OpenApiOperation<'_>) -> Option<String> {
    let tag = operation.definition.tags.first()?.replace('&', "and");
    let words = tag.split(|it: char| !it.is_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    Some(format!(
        "{REFERENCE_URL}/{}#operation/{}",
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
