//! Responses: the members that the document gives a resource, with the stored, computed and default values.

use serde_json::Value;

use super::call::Call;
use super::resource::Resource;
use super::template::{Source, Template};
use crate::document::api_document::ApiDocument;
use crate::document::object_shape::{ObjectShape, ResponseShape};
use crate::store::instance::Instance;
use crate::store::record::Record;

/// Most responses with one object are shorter than this.
const JSON_BYTES: usize = 4096;

/// Renders a record as the response of the operation.
pub(crate) fn render(call: &Call<'_>, resource: &Resource, record: &Record) -> Value {
    match call.operation.shape() {
        Some(ResponseShape::Object(shape) | ResponseShape::List { item: shape, .. }) => {
            render_as(call.instance, shape, resource, record)
        }
        None => Value::Null,
    }
}

/// Renders a record as its resource's schema describes it, whatever the operation responds with.
pub(crate) fn render_object(instance: &Instance, resource: &Resource, record: &Record) -> Value {
    match ApiDocument::embedded().object_shape(resource.schema) {
        Some(shape) => render_as(instance, shape, resource, record),
        None => Value::Null,
    }
}

/// Renders a record as the response of another operation.
pub(crate) fn render_like(
    instance: &Instance,
    operation_id: &str,
    resource: &Resource,
    record: &Record,
) -> Value {
    let operation = ApiDocument::embedded().operation(operation_id);
    match operation.and_then(|it| it.shape()) {
        Some(ResponseShape::Object(shape) | ResponseShape::List { item: shape, .. }) => {
            render_as(instance, shape, resource, record)
        }
        None => Value::Null,
    }
}

/// Renders a record with the members of a shape.
pub(crate) fn render_as(
    instance: &Instance,
    shape: &'static ObjectShape,
    resource: &Resource,
    record: &Record,
) -> Value {
    Template::of(shape, resource).value(instance, record)
}

/// Renders a record as the JSON of the operation's response, without a tree of its values.
pub(crate) fn render_json(call: &Call<'_>, resource: &Resource, record: &Record) -> Vec<u8> {
    match call.operation.shape() {
        Some(ResponseShape::Object(shape) | ResponseShape::List { item: shape, .. }) => {
            let mut json = Vec::with_capacity(JSON_BYTES);
            Template::of(shape, resource).write(call.instance, record, &mut json);
            json
        }
        None => b"null".to_vec(),
    }
}

/// Returns the value that a member of a record has in responses.
pub(crate) fn member(
    instance: &Instance,
    resource: &Resource,
    record: &Record,
    name: &str,
) -> Value {
    let on_demand = resource.on_demand.iter().find(|(known, _)| *known == name);
    if let Some((_, compute)) = on_demand {
        return compute(instance, record);
    }
    if let Some(value) = Source::new(resource, name).value(instance, record, name) {
        return value.into_value();
    }
    let default = resource.defaults.iter().find(|(known, _)| *known == name);
    default.map_or(Value::Null, |(_, literal)| literal.to_value())
}
