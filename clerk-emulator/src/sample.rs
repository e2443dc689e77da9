//! Examples of responses, for the operations whose responses do not depend on the state.

use serde_json::Value;

use crate::document::object_shape::{ObjectShape, ResponseShape};
use crate::document::operation::Operation;

/// Returns an example of the response to an operation.
pub(crate) fn sample(operation: &Operation) -> Value {
    match operation.shape() {
        Some(ResponseShape::Object(shape)) => object(shape),
        Some(ResponseShape::List { member: None, .. }) => Value::Array(Vec::new()),
        Some(ResponseShape::List {
            member: Some(name), ..
        }) => serde_json::json!({ *name: [], "total_count": 0 }),
        None => Value::Null,
    }
}

fn object(shape: &ObjectShape) -> Value {
    let members = shape.members.iter();
    let members = members.filter_map(|it| {
        let value = match it.name {
            "id" => Value::from("sample"),
            _ => it.default.clone()?,
        };
        Some((it.name.to_owned(), value))
    });
    Value::Object(members.collect())
}
