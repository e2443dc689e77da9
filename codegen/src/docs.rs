//! Prose: ours from the overlays, the document's facts as sentences, and a count of what lacks ours.

use openapiv3::{IntegerType, NumberType, ReferenceOr, SchemaKind, StringType, Type as SchemaType};

use crate::lower::SchemaRef;
use crate::model::{Api, Home, Operation, Shape, TypeDef};

/// Limits and the default of a value, as sentences; none where the document states none.
pub(crate) fn facts(schema: &SchemaRef) -> Option<String> {
    let ReferenceOr::Item(schema) = schema else {
        return None;
    };
    let mut facts = match &schema.schema_kind {
        SchemaKind::Type(SchemaType::Integer(integer)) => integer_limits(integer),
        SchemaKind::Type(SchemaType::Number(number)) => number_limits(number),
        SchemaKind::Type(SchemaType::String(text)) => text_limits(text),
        SchemaKind::Type(SchemaType::Array(array)) => {
            array_limits(array.min_items, array.max_items)
        }
        _ => None,
    }
    .into_iter()
    .collect::<Vec<_>>();
    match &schema.schema_data.default {
        None | Some(serde_json::Value::Null) => {}
        Some(value) => facts.push(format!("The default is `{value}`.")),
    }
    (!facts.is_empty()).then(|| facts.join(" "))
}

fn integer_limits(integer: &IntegerType) -> Option<String> {
    let lowest = integer
        .minimum
        .map(|it| it + i64::from(integer.exclusive_minimum));
    let highest = integer
        .maximum
        .map(|it| it - i64::from(integer.exclusive_maximum));
    limits(lowest, highest, "")
}

fn number_limits(number: &NumberType) -> Option<String> {
    if number.exclusive_minimum
        && let Some(minimum) = number.minimum
    {
        return Some(format!("More than {minimum}."));
    }
    limits(number.minimum, number.maximum, "")
}

fn text_limits(text: &StringType) -> Option<String> {
    match (text.min_length, text.max_length) {
        (Some(1), None) => Some("Not empty.".to_owned()),
        (lowest, highest) => limits(lowest, highest, " characters"),
    }
}

fn array_limits(lowest: Option<usize>, highest: Option<usize>) -> Option<String> {
    match (lowest, highest) {
        (Some(1), None) => Some("Not empty.".to_owned()),
        (lowest, highest) => limits(lowest, highest, " items"),
    }
}

fn limits<T: std::fmt::Display>(
    lowest: Option<T>,
    highest: Option<T>,
    unit: &str,
) -> Option<String> {
    match (lowest, highest) {
        (Some(lowest), Some(highest)) => Some(format!("From {lowest} to {highest}{unit}.")),
        (Some(lowest), None) => Some(format!("At least {lowest}{unit}.")),
        (None, Some(highest)) => Some(format!("At most {highest}{unit}.")),
        (None, None) => None,
    }
}

/// Every item without prose of ours.
pub(crate) fn undocumented(api: &Api) -> Vec<String> {
    let mut items = Vec::new();
    for resource in &api.resources {
        if resource.docs.is_none() {
            items.push(resource.module.clone());
        }
        if resource.example.is_none() {
            items.push(format!("{} (example)", resource.module));
        }
        let without = |operation: &&Operation| operation.docs.is_none();
        let operations = resource.operations.iter().filter(without);
        items.extend(operations.map(|it| format!("{}::{}", resource.module, it.name)));
        let no_way_on = |it: &&Operation| it.deprecated && it.instead.is_none();
        let deprecated = resource.operations.iter().filter(no_way_on);
        items.extend(deprecated.map(|it| format!("{}::{} (instead)", resource.module, it.name)));
        items.extend(resource.operations.iter().flat_map(|operation| {
            let refusals = operation.refusals.iter().filter(|(_, text)| text.is_none());
            refusals.map(|(status, _)| format!("{}::{} {status}", resource.module, operation.name))
        }));
    }
    for ty in &api.types {
        let path = type_path(ty);
        if ty.docs.is_none() {
            items.push(path.clone());
        }
        match &ty.shape {
            Shape::Object(object) => {
                let fields = object.fields.iter().filter(|field| field.docs.is_none());
                items.extend(fields.map(|field| format!("{path}.{}", field.wire)));
            }
            Shape::Strings(values) => {
                let values = values
                    .iter()
                    .filter(|value| !ty.values.contains_key(*value));
                items.extend(values.map(|value| format!("{path}::{value}")));
            }
            // What a member is, is what its type is.
            Shape::Union(_) => {}
        }
    }
    items.sort();
    items
}

fn type_path(ty: &TypeDef) -> String {
    match &ty.home {
        Home::Types(_) => format!("types::{}", ty.name),
        Home::Module(module) => format!("{module}::{}", ty.name),
    }
}
