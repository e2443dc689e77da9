//! The query as JSON, so that it can be checked against the schemas of its parameters.

use serde_json::{Value, json};

use crate::document::operation::Parameter;
use crate::http::request::RecordedRequest;

/// Returns the value of a query parameter as its schema describes it; nothing if it is absent.
pub(super) fn query_value(request: &RecordedRequest, parameter: &Parameter) -> Option<Value> {
    let values = request.query_values(parameter.name);
    let first = values.first()?.clone();
    Some(match parameter.schema["type"].as_str() {
        Some("array") => {
            let items = parameter.schema["items"]["type"].as_str();
            let values = values.iter().flat_map(|value| value.split(','));
            Value::from_iter(values.map(|value| scalar(value, items)))
        }
        kind => scalar(&first, kind),
    })
}

/// Returns a value of the type if the text is one, and otherwise the text, which the schema then rejects.
fn scalar(text: &str, kind: Option<&str>) -> Value {
    let value = match kind {
        Some("integer") => text.parse().ok().map(|it: i64| json!(it)),
        Some("number") => text.parse().ok().map(|it: f64| json!(it)),
        Some("boolean") => text.parse().ok().map(|it: bool| json!(it)),
        _ => None,
    };
    value.unwrap_or_else(|| json!(text))
}
