//! The operations of the document: parameters, request body and responses. Schemas are identified by their JSON
//! pointers.

use std::sync::LazyLock;

use serde_json::Value;

use super::json_pointer::escape_segment;
use super::openapi_document::{DOCUMENT, OpenApiDocument};

/// Every operation of the vendored document.
pub(crate) static OPERATIONS: LazyLock<Vec<OperationSpec>> = LazyLock::new(|| {
    let mut operations = Vec::new();
    for (path, item) in &DOCUMENT.members("/paths") {
        for (method, operation) in item.as_object().expect("a path has operations") {
            operations.push(read_operation(&DOCUMENT, path, method, operation));
        }
    }
    operations
});

/// The only operation that responds with text.
const TEXT_OPERATION: &str = "GetPublicInterstitial";

/// An operation as the document describes it.
pub(crate) struct OperationSpec {
    pub(crate) id: String,
    pub(crate) pointer: String,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) requires_key: bool,
    pub(crate) parameters: Vec<ParameterSpec>,
    pub(crate) request_body: Option<BodySpec>,
    pub(crate) success_status: u16,
    /// The schema of the body of a success response, if it has one.
    pub(crate) success_schema: Option<String>,
    /// Whether a success response is text, such as a page, which the document does not declare.
    pub(crate) responds_with_text: bool,
    /// The statuses of error responses, with the schemas of their bodies.
    pub(crate) error_responses: Vec<(u16, String)>,
}

/// A path or query parameter.
pub(crate) struct ParameterSpec {
    pub(crate) name: String,
    /// The document's `in`: `path` or `query`.
    pub(crate) location: String,
    pub(crate) required: bool,
    /// Whether each item of an array is sent as a name-value pair of its own.
    pub(crate) explode: bool,
    pub(crate) schema: String,
}

/// The content of a request or response body.
pub(crate) struct BodySpec {
    pub(crate) content_type: String,
    pub(crate) schema: String,
}

fn read_operation(
    document: &OpenApiDocument,
    path: &str,
    method: &str,
    operation: &Value,
) -> OperationSpec {
    let pointer = format!("/paths/{}/{method}", escape_segment(path));
    let count = operation["parameters"].as_array().map_or(0, Vec::len);
    let parameters = (0..count)
        .map(|index| read_parameter(document, &format!("{pointer}/parameters/{index}")))
        .collect();
    let mut success = None;
    let mut error_responses = Vec::new();
    for (status, _) in document.members(&format!("{pointer}/responses")) {
        let body = read_body(document, &format!("{pointer}/responses/{status}"));
        let schema = body.map(|body| body.schema);
        let status: u16 = status.parse().expect("a status is a number");
        match (status, schema) {
            (200..=299, schema) => success = success.or(Some((status, schema))),
            (_, Some(schema)) => error_responses.push((status, schema)),
            _ => {}
        }
    }
    let (success_status, success_schema) = success.expect("an operation has a success response");
    let security = operation
        .get("security")
        .unwrap_or(&document.json["security"]);
    OperationSpec {
        id: operation["operationId"].as_str().expect("an ID").to_owned(),
        method: method.to_uppercase(),
        path: path.to_owned(),
        requires_key: security.as_array().is_some_and(|list| !list.is_empty()),
        parameters,
        request_body: read_body(document, &format!("{pointer}/requestBody")),
        success_status,
        success_schema,
        responds_with_text: operation["operationId"] == TEXT_OPERATION,
        error_responses,
        pointer,
    }
}

fn read_parameter(document: &OpenApiDocument, pointer: &str) -> ParameterSpec {
    let pointer = document.resolve(pointer);
    let parameter = document.at(&pointer);
    ParameterSpec {
        name: parameter["name"].as_str().expect("a name").to_owned(),
        location: parameter["in"].as_str().expect("a location").to_owned(),
        required: parameter["required"] == true,
        explode: parameter["explode"] != false,
        schema: format!("{pointer}/schema"),
    }
}

/// Reads the content of the request body or response at `pointer`, if it has any.
fn read_body(document: &OpenApiDocument, pointer: &str) -> Option<BodySpec> {
    document.json.pointer(pointer)?;
    let pointer = document.resolve(pointer);
    let content = document.members(&format!("{pointer}/content"));
    assert!(
        content.len() < 2,
        "{pointer}: several content types are not supported"
    );
    let content_type = content.keys().next()?;
    Some(BodySpec {
        schema: format!("{pointer}/content/{}/schema", escape_segment(content_type)),
        content_type: content_type.clone(),
    })
}
