//! Checks requests against the schemas of the document, and reports what is wrong with Clerk's codes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Registry, ValidationError, Validator};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use crate::http::response::ErrorResponse;

const DOCUMENT_URI: &str = "urn:document";

/// The validators of a document, which are built when they are used first.
#[derive(Debug)]
pub(super) struct Validators {
    document: &'static Value,
    registry: OnceLock<Registry<'static>>,
    by_pointer: Mutex<HashMap<String, Arc<Validator>>>,
}

impl Validators {
    pub(super) fn new(document: &'static Value) -> Self {
        Self {
            document,
            registry: OnceLock::new(),
            by_pointer: Mutex::default(),
        }
    }

    /// Checks a value against the schema at `pointer`. `param` names the query parameter that has the value.
    pub(super) fn check(
        &self,
        pointer: &str,
        value: &Value,
        param: Option<&str>,
    ) -> Result<(), ErrorResponse> {
        let validator = self.validator(pointer);
        let mut errors: Vec<ValidationError<'_>> = validator.iter_errors(value).collect();
        // What is missing is reported before what is wrong.
        errors.sort_by_key(|it| !matches!(it.kind(), ValidationErrorKind::Required { .. }));
        match errors.first() {
            Some(error) => Err(to_response(error, param)),
            None => Ok(()),
        }
    }

    /// Builds the validator of the schema at `pointer` in advance, or says what is wrong with it.
    pub(super) fn prepare(&self, pointer: &str) -> Result<(), String> {
        if self.registry.get().is_none() {
            let registry = self.build_registry()?;
            // Another thread may have set it in the meantime.
            let _ = self.registry.set(registry);
        }
        self.build(pointer).map(drop)
    }

    fn registry(&self) -> &Registry<'static> {
        self.registry.get_or_init(|| {
            let registry = self.build_registry();
            registry.expect("the references of the document resolve")
        })
    }

    fn build_registry(&self) -> Result<Registry<'static>, String> {
        let registry = Registry::new().add(DOCUMENT_URI, as_json_schema(self.document));
        let registry = registry.and_then(|it| it.prepare());
        registry.map_err(|error| error.to_string())
    }

    fn validator(&self, pointer: &str) -> Arc<Validator> {
        let mut known = self
            .by_pointer
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(validator) = known.get(pointer) {
            return validator.clone();
        }
        let validator = self.build(pointer);
        let validator = Arc::new(validator.expect("the schemas of the document are valid"));
        known.insert(pointer.to_owned(), validator.clone());
        validator
    }

    fn build(&self, pointer: &str) -> Result<Validator, String> {
        let segments = pointer.split('/').map(|segment| {
            let segment = segment.replace("~1", "\u{1}").replace("~0", "\u{0}");
            let segment = utf8_percent_encode(&segment, NON_ALPHANUMERIC).to_string();
            segment.replace("%01", "~1").replace("%00", "~0")
        });
        let fragment: Vec<String> = segments.collect();
        let schema = json!({ "$ref": format!("{DOCUMENT_URI}#{}", fragment.join("/")) });
        let options = jsonschema::options().with_registry(self.registry());
        let validator = options.should_validate_formats(true).build(&schema);
        validator.map_err(|error| error.to_string())
    }
}

/// Converts the first violation to an error response.
fn to_response(error: &ValidationError<'_>, param: Option<&str>) -> ErrorResponse {
    // A body may be an array, whose items have the parameters.
    let path = error.instance_path().as_str().split('/');
    let mut path = path.filter(|it| it.parse::<usize>().is_err() && !it.is_empty());
    let name = param.or_else(|| path.next()).unwrap_or_default();
    let value = error.instance();
    let fault = |code, message: String| ErrorResponse::param(code, name, message);
    match error.kind() {
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            let message = format!("The parameter {name:?} is missing.");
            ErrorResponse::param("form_param_missing", name, message)
        }
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let name = unexpected.first().map(String::as_str).unwrap_or_default();
            let message = format!("The operation has no parameter {name:?}.");
            ErrorResponse::param("form_param_unknown", name, message)
        }
        ValidationErrorKind::MaxItems { limit } if name.is_empty() => {
            let message = format!("The body must have at most {limit} items.");
            ErrorResponse::new(400, "bulk_size_exceeded", message)
        }
        _ if name.is_empty() => {
            ErrorResponse::invalid_body(format!("The body is invalid: {error}."))
        }
        _ if value.is_null() => fault("form_param_nil", format!("{name:?} must not be null.")),
        ValidationErrorKind::Type { kind } => {
            let message = format!("{name:?} must have the type {kind:?}.");
            fault("form_param_type_invalid", message)
        }
        ValidationErrorKind::Format { format } => {
            let message = format!("{name:?} must have the format {format}.");
            fault("form_param_format_invalid", message)
        }
        ValidationErrorKind::Pattern { .. } => fault(
            "form_param_format_invalid",
            format!("{name:?} is not spelt as required."),
        ),
        ValidationErrorKind::MaxLength { limit } => {
            let message = format!("{name:?} must have at most {limit} characters.");
            fault("form_param_max_length_exceeded", message)
        }
        ValidationErrorKind::MinLength { limit } => {
            let message = format!("{name:?} must have at least {limit} characters.");
            fault("form_param_min_length_exceeded", message)
        }
        ValidationErrorKind::Maximum { limit }
        | ValidationErrorKind::ExclusiveMaximum { limit } => {
            let message = format!("{name:?} must be at most {limit}.");
            fault("form_param_value_too_large", message)
        }
        ValidationErrorKind::MaxItems { limit } | ValidationErrorKind::MinItems { limit } => {
            let message = format!("{name:?} has the wrong number of items; the limit is {limit}.");
            fault("form_param_array_size_exceeded", message)
        }
        ValidationErrorKind::UniqueItems => fault(
            "form_param_duplicate",
            format!("{name:?} contains an item twice."),
        ),
        _ => fault(
            "form_param_value_invalid",
            format!("{name:?} is invalid: {error}."),
        ),
    }
}

/// Converts OpenAPI 3.0 schemas to JSON Schema, which expresses `nullable` and exclusive limits differently.
fn as_json_schema(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.iter();
            let mut members: Map<String, Value> = members
                .map(|(name, value)| (name.clone(), as_json_schema(value)))
                .collect();
            for (exclusive, limit) in [
                ("exclusiveMinimum", "minimum"),
                ("exclusiveMaximum", "maximum"),
            ] {
                if members.get(exclusive) == Some(&json!(true))
                    && let Some(value) = members.remove(limit)
                {
                    members.insert(exclusive.to_owned(), value);
                }
            }
            if members.remove("nullable") == Some(json!(true)) {
                return allow_null(members);
            }
            Value::Object(members)
        }
        Value::Array(items) => Value::Array(items.iter().map(as_json_schema).collect()),
        value => value.clone(),
    }
}

/// Allows null as a value, in a way that leads to errors about the schema and not about a choice between two.
fn allow_null(mut schema: Map<String, Value>) -> Value {
    let is_composed = ["$ref", "allOf", "anyOf", "oneOf"]
        .iter()
        .any(|it| schema.contains_key(*it));
    let Some(Value::String(own)) = schema.get("type").filter(|_| !is_composed).cloned() else {
        return json!({ "anyOf": [{ "type": "null" }, schema] });
    };
    schema.insert("type".to_owned(), json!([own, "null"]));
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.push(Value::Null);
    }
    Value::Object(schema)
}
