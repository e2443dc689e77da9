//! From a request to the operation that it calls: the route, the check against the document, and the implementation.

use serde_json::{Map, Value};

use crate::document::api_document::{ApiDocument, Route};
use crate::document::operation::{Operation, PathParams};
use crate::http::api_version::ApiVersion;
use crate::http::multipart::{UploadedFile, read_file};
use crate::http::request::RecordedRequest;
use crate::http::response::{ErrorResponse, Success};
use crate::resources::call::Call;
use crate::resources::metadata;
use crate::rules;
use crate::sample::sample;
use crate::server::query_values::query_value;
use crate::store::instance::Instance;

/// A request that fits an operation of the document.
pub(super) struct CheckedRequest {
    operation: &'static Operation,
    version: ApiVersion,
    path: PathParams,
    body: Value,
    upload: Option<UploadedFile>,
}

/// Finds the operation that a request calls.
pub(super) fn find(
    document: &'static ApiDocument,
    request: &RecordedRequest,
) -> Result<(&'static Operation, PathParams), ErrorResponse> {
    let path = request.segments().ok_or_else(no_route)?;
    match document.route(&request.method, &path) {
        Route::Operation(operation, path) => Ok((operation, path)),
        Route::OtherMethod => {
            let message = format!("The path does not support {}.", request.method);
            Err(ErrorResponse::new(405, "method_not_allowed", message))
        }
        Route::Unknown => Err(no_route()),
    }
}

fn no_route() -> ErrorResponse {
    let message = "Clerk's document has no such path.";
    let mut error = ErrorResponse::new(404, "resource_not_found", message);
    error.gap = Some("route");
    error
}

/// Checks the query and the body of a request against the document.
pub(super) async fn check(
    document: &'static ApiDocument,
    operation: &'static Operation,
    path: PathParams,
    request: &RecordedRequest,
) -> Result<CheckedRequest, ErrorResponse> {
    for parameter in &operation.query {
        match query_value(request, parameter) {
            Some(value) => document.check(&parameter.pointer, &value, Some(parameter.name))?,
            None if parameter.is_required => {
                let message = format!("The query parameter {:?} is missing.", parameter.name);
                let error = ErrorResponse::new(400, "missing_query_parameter", message);
                return Err(error.with_param(parameter.name));
            }
            None => {}
        }
    }
    let version = ApiVersion::of(request, document.version)?;
    let (mut body, mut upload) = (Value::Null, None);
    match &operation.body {
        Some(expected) if expected.is_multipart => upload = Some(read_file(request).await?),
        Some(expected) if !request.body.is_empty() => {
            body = request.json()?;
            let metadata = match has_metadata(operation, version) {
                true => metadata::take(&mut body)?,
                false => Map::new(),
            };
            document.check(&expected.pointer, &body, None)?;
            if let Value::Object(members) = &mut body {
                members.extend(metadata);
            }
        }
        Some(expected) => {
            let is_optional = expected.schema["required"].as_array().is_none();
            let empty = serde_json::json!({});
            if !is_optional {
                document.check(&expected.pointer, &empty, None)?;
            }
        }
        None => {}
    }
    Ok(CheckedRequest {
        operation,
        version,
        path,
        body,
        upload,
    })
}

/// Returns whether the body may have metadata that the document, which is that of the newest version, does not have.
fn has_metadata(operation: &Operation, version: ApiVersion) -> bool {
    version < ApiVersion::NEWEST && matches!(operation.id, "UpdateUser" | "UpdateOrganization")
}

/// Calls an operation without a request of a client. The body is checked as in one.
#[cfg(feature = "seeds")]
pub(crate) fn call_directly(
    instance: &mut Instance,
    operation_id: &str,
    path: PathParams,
    body: Value,
    machine: Option<String>,
) -> Result<Value, ErrorResponse> {
    let document = ApiDocument::embedded();
    let operation = document.operation(operation_id).ok_or_else(no_route)?;
    if let Some(expected) = &operation.body {
        document.check(&expected.pointer, &body, None)?;
    }
    let checked = CheckedRequest {
        operation,
        version: document.version,
        path,
        body,
        upload: None,
    };
    let request = RecordedRequest::empty();
    Ok(checked.call(instance, &request, machine)?.body.into_value())
}

impl CheckedRequest {
    /// Returns the file of the request, if it has one.
    pub(super) fn upload(&self) -> Option<UploadedFile> {
        self.upload.clone()
    }

    /// Calls the operation.
    pub(super) fn call(
        self,
        instance: &mut Instance,
        request: &RecordedRequest,
        machine: Option<String>,
    ) -> Result<Success, ErrorResponse> {
        let operation = self.operation;
        let mut call = Call {
            instance,
            operation,
            request,
            version: self.version,
            machine,
            path: self.path,
            body: self.body,
            upload: self.upload,
        };
        let result = rules::implementation(operation.id).handle(&mut call);
        let is_sample = result.is_none();
        let body = result.unwrap_or_else(|| Ok(sample(operation).into()))?;
        Ok(Success {
            status: rules::success_status(operation),
            body,
            is_sample,
        })
    }
}
