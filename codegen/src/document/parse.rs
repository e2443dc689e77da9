//! Parses the API description: applies the overlays, then checks the references and that nothing is lost.

use openapiv3::OpenAPI;
use serde_json::json;

use super::extensions::misplaced_extensions;
use super::invalid_objects::invalid_objects;
use super::lossless::check_lossless;
use super::openapi_document::Document;
use super::overlay::{self, AppliedOverlays};
use super::parsed_overlay::Overlays;
use super::plain_values::parse_json;
use super::references::{check_references, wrap_references_with_siblings};
use super::schema_cycles::check_cycles;
use crate::inputs::{DocumentInput, Inputs};
use crate::problem::{Problem, Problems};

/// Parses the documents. A stale overlay action is an error.
pub(crate) fn parse(inputs: &Inputs) -> Result<Vec<Document>, Problems> {
    let overlays = Overlays::parse(&inputs.overlays);
    let (documents, stale_actions) = parse_allowing_stale_actions(&inputs.documents, &overlays)?;
    Problems::check(stale_actions, documents)
}

/// Parses the documents, and also returns the stale overlay actions: those that in each of the documents match nothing,
/// or add a property that exists.
pub(crate) fn parse_allowing_stale_actions(
    inputs: &[DocumentInput],
    overlays: &Overlays,
) -> Result<(Vec<Document>, Vec<Problem>), Problems> {
    let mut documents = Vec::new();
    let mut stale_actions: Option<Vec<Problem>> = None;
    let mut problems = Vec::new();
    for input in inputs {
        match parse_document(input, overlays) {
            Ok((document, stale)) => {
                documents.push(document);
                // What applies to one document may be about that one only.
                match &mut stale_actions {
                    None => stale_actions = Some(stale),
                    Some(known) => {
                        known.retain(|action| stale.iter().any(|it| it.is_at_same_place(action)))
                    }
                }
            }
            Err(invalid) => problems.extend(invalid.0),
        }
    }
    Problems::check(problems, (documents, stale_actions.unwrap_or_default()))
}

/// Parses a document, and also returns the overlay actions that are stale in it.
fn parse_document(
    input: &DocumentInput,
    overlays: &Overlays,
) -> Result<(Document, Vec<Problem>), Problems> {
    let api = &input.facts;
    let problem = |pointer: &str, message: String| Problem::new(&api.path, pointer, message);
    let mut value = parse_json(&api.text).map_err(|message| problem("", message))?;
    let version = value["openapi"].as_str().unwrap_or_default();
    if !version.starts_with("3.0.") {
        let message = format!("this is not an OpenAPI 3.0 document (`openapi` is {version:?})");
        return Err(problem("/openapi", message).into());
    }
    // OpenAPI 3.0 requires it, also in a document that consists of events.
    if value.get("paths").is_none() {
        value["paths"] = json!({});
    }
    let AppliedOverlays {
        stale: stale_actions,
        origins,
    } = overlay::apply(&mut value, overlays)?;
    let attributed = |problems: Vec<Problem>| Problems::check(origins.attribute(problems), ());
    Problems::check(misplaced_extensions(&value, &api.path, &origins), ())?;
    check_references(&value, &api.path).or_else(|problems| attributed(problems.0))?;
    check_cycles(&value, &api.path).or_else(|problems| attributed(problems.0))?;
    wrap_references_with_siblings(&mut value);

    let openapi: OpenAPI = serde_json::from_value(value.clone()).map_err(|error| {
        let message = format!("this is not an OpenAPI 3.0 document: {error}");
        let problems = attributed(invalid_objects(&value, &api.path));
        // Parts of a document that the generator does not read have no place of their own.
        problems
            .err()
            .unwrap_or_else(|| problem("", message).into())
    })?;
    check_lossless(&value, &openapi, &api.path).or_else(|problems| attributed(problems.0))?;
    let document = Document::new(input, openapi, origins);
    Ok((document, stale_actions))
}
