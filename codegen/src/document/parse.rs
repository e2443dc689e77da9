//! Parses the API description: applies the overlays, then checks the references and that nothing is lost.

use openapiv3::OpenAPI;
use serde_json::Value;

use super::lossless::check_lossless;
use super::openapi_document::Document;
use super::overlay;
use super::references::{check_references, wrap_references_with_siblings};
use crate::documents::Source;
use crate::problem::{Problem, Problems};

/// Parses the document. A stale overlay action is an error.
pub(crate) fn parse(api: &Source, overlays: &[Source]) -> Result<Document, Problems> {
    let (document, stale_actions) = parse_allowing_stale_actions(api, overlays)?;
    Problems::check(stale_actions, document)
}

/// Parses the document, and also returns the stale overlay actions: those that match nothing, or
/// add a property that exists.
pub(crate) fn parse_allowing_stale_actions(
    api: &Source,
    overlays: &[Source],
) -> Result<(Document, Vec<Problem>), Problems> {
    let problem = |pointer: &str, message: String| Problem::new(&api.path, pointer, message);
    let mut value: Value = serde_json::from_str(&api.text)
        .map_err(|error| problem("", format!("this is not JSON: {error}")))?;
    let version = value["openapi"].as_str().unwrap_or_default();
    if !version.starts_with("3.0.") {
        let message = format!("this is not an OpenAPI 3.0 document (`openapi` is {version:?})");
        return Err(problem("/openapi", message).into());
    }
    let stale_actions = overlay::apply(&mut value, overlays);
    wrap_references_with_siblings(&mut value);
    check_references(&value, &api.path)?;

    let openapi: OpenAPI = serde_json::from_value(value.clone())
        .map_err(|error| problem("", format!("this is not an OpenAPI 3.0 document: {error}")))?;
    check_lossless(&value, &openapi, &api.path)?;
    let document = Document::new(api.path.clone(), openapi);
    Ok((document, stale_actions))
}
