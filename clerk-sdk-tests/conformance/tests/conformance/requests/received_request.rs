//! Checks a request that the mock server received against the document and the arguments of the call.

use bytes::Bytes;
use serde_json::Value;

use super::request_body::body_problems;
use super::request_headers::header_problems;
use super::request_path::path_problems;
use super::request_query::query_problems;
use crate::document::OperationSpec;

/// Describes everything in a request that differs from what the document describes or the caller passed.
pub(super) async fn request_problems(
    operation: &OperationSpec,
    arguments: &Value,
    request: &http::Request<Bytes>,
) -> Vec<String> {
    let mut problems = Vec::new();
    let method = request.method();
    if method.as_str() != operation.method {
        problems.push(format!("method: {method}, expected {}", operation.method));
    }
    let uri = request.uri();
    problems.extend(path_problems(operation, &arguments["path"], uri.path()));
    problems.extend(query_problems(operation, &arguments["query"], uri.query()));
    problems.extend(header_problems(operation, request.headers()));
    let body = operation.request_body.as_ref();
    problems.extend(body_problems(body, &arguments["body"], request).await);
    problems
}
