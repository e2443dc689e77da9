//! A call of an operation: the request, checked against the document, and the instance that it concerns.

use axum::http::HeaderMap;
use serde_json::{Map, Value};

use crate::document::operation::{Operation, PathParams};
use crate::http::api_version::ApiVersion;
use crate::http::multipart::UploadedFile;
use crate::http::request::RecordedRequest;
use crate::http::response::ErrorResponse;
use crate::http::timestamp::parse_timestamp;
use crate::store::instance::Instance;

/// The result of an operation: the body of its response, or an error.
pub(crate) type CallResult = Result<Value, ErrorResponse>;

/// Handles an operation.
pub(crate) type Handler = fn(&mut Call<'_>) -> CallResult;

/// A call of an operation.
pub(crate) struct Call<'c> {
    pub(crate) instance: &'c mut Instance,
    pub(crate) operation: &'static Operation,
    pub(crate) request: &'c RecordedRequest,
    /// The version of the API that the request asks for.
    pub(crate) version: ApiVersion,
    /// The machine whose secret key the request has; nothing if it has that of the instance.
    pub(crate) machine: Option<String>,
    /// The parameters of the path, in order.
    pub(crate) path: PathParams,
    /// The body as JSON; null if there is none.
    pub(crate) body: Value,
    pub(crate) upload: Option<UploadedFile>,
}

impl Call<'_> {
    /// Returns a parameter of the path by its position.
    pub(crate) fn path_param(&self, index: usize) -> String {
        let param = self.path.get(index);
        param.map(|(_, value)| value.clone()).unwrap_or_default()
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.request.headers
    }

    /// Returns the body as an object; an empty one if there is none.
    pub(crate) fn body(&self) -> Map<String, Value> {
        self.body.as_object().cloned().unwrap_or_default()
    }

    /// Returns a member of the body; nothing if it is absent.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.body.get(name)
    }

    /// Returns a member of the body that is a string and not empty.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let value = self.get(name)?.as_str()?;
        (!value.is_empty()).then(|| value.to_owned())
    }

    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        self.get(name)?.as_bool()
    }

    /// Returns a member of the body that is a number, without its fraction.
    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        let value = self.get(name)?;
        value
            .as_i64()
            .or_else(|| value.as_f64().map(|it| it as i64))
    }

    /// Returns the strings of a member of the body that is an array.
    pub(crate) fn texts(&self, name: &str) -> Vec<String> {
        let items = self
            .get(name)
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        items.filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// Returns a member of the body that is a time, in milliseconds since the Unix epoch.
    pub(crate) fn time(&self, name: &str) -> Result<Option<i64>, ErrorResponse> {
        let Some(value) = self.get(name).filter(|it| !it.is_null()) else {
            return Ok(None);
        };
        let time = parse_timestamp(value).ok_or_else(|| {
            let message = format!("{name:?} must be a time such as 2026-05-12T08:00:00Z.");
            ErrorResponse::param("form_param_invalid_time", name, message)
        })?;
        Ok(Some(time))
    }

    pub(crate) fn query(&self, name: &str) -> Option<String> {
        self.request.query_value(name)
    }

    pub(crate) fn query_flag(&self, name: &str) -> bool {
        self.query(name).as_deref() == Some("true")
    }
}
