//! Documents the limits and the default of a value, as sentences.

use std::fmt::Display;

use openapiv3::{IntegerType, NumberType, ReferenceOr, SchemaKind, StringType, Type as SchemaType};

use super::schema_form::SchemaRef;

/// Returns the limits and the default that a schema states, or `None` if it states neither.
pub(super) fn constraint_docs(schema: &SchemaRef) -> Option<String> {
    let ReferenceOr::Item(schema) = schema else {
        return None;
    };
    let limits = match &schema.schema_kind {
        SchemaKind::Type(SchemaType::Integer(integer)) => integer_limits(integer),
        SchemaKind::Type(SchemaType::Number(number)) => number_limits(number),
        SchemaKind::Type(SchemaType::String(string)) => string_limits(string),
        SchemaKind::Type(SchemaType::Array(array)) => {
            array_limits(array.min_items, array.max_items)
        }
        _ => None,
    };
    let mut sentences: Vec<String> = limits.into_iter().collect();
    match &schema.schema_data.default {
        None | Some(serde_json::Value::Null) => {}
        Some(value) => sentences.push(format!("The default is `{value}`.")),
    }
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

fn integer_limits(integer: &IntegerType) -> Option<String> {
    let minimum = integer
        .minimum
        .map(|it| it.saturating_add(i64::from(integer.exclusive_minimum)));
    let maximum = integer
        .maximum
        .map(|it| it.saturating_sub(i64::from(integer.exclusive_maximum)));
    range(minimum, maximum, "")
}

fn number_limits(number: &NumberType) -> Option<String> {
    if number.exclusive_minimum
        && let Some(minimum) = number.minimum
    {
        return Some(format!("Greater than {minimum}."));
    }
    range(number.minimum, number.maximum, "")
}

fn string_limits(string: &StringType) -> Option<String> {
    match (string.min_length, string.max_length) {
        (Some(1), None) => Some("Must not be empty.".to_owned()),
        (minimum, maximum) => range(minimum, maximum, " characters"),
    }
}

fn array_limits(minimum: Option<usize>, maximum: Option<usize>) -> Option<String> {
    match (minimum, maximum) {
        (Some(1), None) => Some("Must not be empty.".to_owned()),
        (minimum, maximum) => range(minimum, maximum, " items"),
    }
}

fn range<T: Display>(minimum: Option<T>, maximum: Option<T>, unit: &str) -> Option<String> {
    match (minimum, maximum) {
        (Some(minimum), Some(maximum)) => Some(format!("From {minimum} to {maximum}{unit}.")),
        (Some(minimum), None) => Some(format!("At least {minimum}{unit}.")),
        (None, Some(maximum)) => Some(format!("At most {maximum}{unit}.")),
        (None, None) => None,
    }
}
