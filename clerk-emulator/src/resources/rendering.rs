//! Responses: the members that the document gives a resource, with the stored, computed and default values.

use serde_json::{Map, Value, json};

use super::call::Call;
use super::resource::Resource;
use crate::document::api_document::ApiDocument;
use crate::document::object_shape::{ObjectShape, ResponseShape};
use crate::store::instance::Instance;
use crate::store::record::Record;

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
    shape: &ObjectShape,
    resource: &Resource,
    record: &Record,
) -> Value {
    // The members of a shape are sorted, from which a map is built in one go.
    let members = shape.members.iter().filter_map(|member| {
        let value = match member.name {
            "id" => json!(record.id),
            "created_at" => json!(record.created_at),
            "updated_at" => json!(record.updated_at),
            name => match value(instance, resource, record, name) {
                Some(value) => value,
                None if resource.omitted.contains(&name) => return None,
                None => member.default.clone()?,
            },
        };
        Some((member.name.to_owned(), value))
    });
    Value::Object(members.collect::<Map<_, _>>())
}

/// Returns a member of a record: the computed or the stored value, or the default of its resource.
fn value(instance: &Instance, resource: &Resource, record: &Record, name: &str) -> Option<Value> {
    let computed = resource.computed.iter().find(|(known, _)| *known == name);
    if let Some((_, compute)) = computed {
        return Some(compute(instance, record));
    }
    let default = || {
        let default = resource.defaults.iter().find(|(known, _)| *known == name);
        default.map(|(_, value)| value.to_value())
    };
    record.get(name).cloned().or_else(default)
}

/// Returns the value that a member of a record has in responses.
pub(crate) fn member(
    instance: &Instance,
    resource: &Resource,
    record: &Record,
    name: &str,
) -> Value {
    match name {
        "id" => json!(record.id),
        "created_at" => json!(record.created_at),
        "updated_at" => json!(record.updated_at),
        name => {
            let on_demand = resource.on_demand.iter().find(|(known, _)| *known == name);
            let value = || value(instance, resource, record, name).unwrap_or(Value::Null);
            on_demand.map_or_else(value, |(_, compute)| compute(instance, record))
        }
    }
}
