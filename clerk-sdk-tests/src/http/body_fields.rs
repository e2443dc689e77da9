//! The fields of a JSON request body. As in the API, unknown and missing fields and fields of the wrong type are
//! rejected, so a test fails if the SDK sends something that it should not.

use serde_json::{Map, Value};

use crate::http::response::ErrorResponse;
use crate::http::timestamp::parse_timestamp;

/// A field that a request body may have.
pub(crate) struct Field {
    name: &'static str,
    field_type: FieldType,
    nullable: bool,
    required: bool,
}

enum FieldType {
    String,
    StringList,
    Boolean,
    Integer,
    Object,
    /// An RFC 3339 string.
    Timestamp,
}

pub(crate) const fn string(name: &'static str) -> Field {
    field(name, FieldType::String)
}

pub(crate) const fn string_list(name: &'static str) -> Field {
    field(name, FieldType::StringList)
}

pub(crate) const fn boolean(name: &'static str) -> Field {
    field(name, FieldType::Boolean)
}

pub(crate) const fn integer(name: &'static str) -> Field {
    field(name, FieldType::Integer)
}

pub(crate) const fn object(name: &'static str) -> Field {
    field(name, FieldType::Object)
}

pub(crate) const fn timestamp(name: &'static str) -> Field {
    field(name, FieldType::Timestamp)
}

const fn field(name: &'static str, field_type: FieldType) -> Field {
    Field {
        name,
        field_type,
        nullable: false,
        required: false,
    }
}

impl Field {
    /// Allows null as the value.
    pub(crate) const fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// Requires the field to be present.
    pub(crate) const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    fn validate(&self, value: &Value) -> Result<(), ErrorResponse> {
        let is_valid = match (&self.field_type, value) {
            (_, Value::Null) => self.nullable,
            (FieldType::String, value) => value.is_string(),
            (FieldType::StringList, Value::Array(items)) => items.iter().all(Value::is_string),
            (FieldType::StringList, _) => false,
            (FieldType::Boolean, value) => value.is_boolean(),
            (FieldType::Integer, value) => value.is_i64(),
            (FieldType::Object, value) => value.is_object(),
            (FieldType::Timestamp, value) => parse_timestamp(value).is_some(),
        };
        if is_valid {
            return Ok(());
        }
        let (code, message) = match self.field_type {
            FieldType::Timestamp if value.is_string() => (
                "form_param_format_invalid",
                "the value is not an RFC 3339 timestamp",
            ),
            _ => ("form_param_type_invalid", "the value has the wrong type"),
        };
        Err(ErrorResponse::param(code, self.name, message))
    }
}

/// Rejects a body that has unknown or invalid fields, or lacks a required one.
pub(crate) fn validate(body: &Map<String, Value>, fields: &[Field]) -> Result<(), ErrorResponse> {
    for name in body.keys() {
        if !fields.iter().any(|field| field.name == name) {
            let message = "the field is unknown";
            return Err(ErrorResponse::param("form_param_unknown", name, message));
        }
    }
    for field in fields {
        match body.get(field.name) {
            Some(value) => field.validate(value)?,
            None if field.required => {
                let (code, message) = ("form_param_missing", "the field is required");
                return Err(ErrorResponse::param(code, field.name, message));
            }
            None => {}
        }
    }
    Ok(())
}

/// Returns the string value of a field; empty if there is none.
pub(crate) fn string_value<'b>(body: &'b Map<String, Value>, name: &str) -> &'b str {
    body.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Returns the strings of a list field; empty if there is no list.
pub(crate) fn string_values<'b>(body: &'b Map<String, Value>, name: &str) -> Vec<&'b str> {
    let items = body.get(name).and_then(Value::as_array);
    items
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}
