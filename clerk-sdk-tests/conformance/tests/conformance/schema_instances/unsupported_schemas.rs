//! Tests that the generator reports a schema that it does not support, instead of generating an invalid instance.

use serde_json::json;

use super::generation_error::GenerationError;
use super::generator::{FieldSelection, InstanceGenerator};
use crate::document::OpenApiDocument;

#[test]
fn an_unsupported_schema_is_an_error_with_its_pointer() {
    let schemas = [
        (json!({"not": {"type": "string"}}), "`not`"),
        (json!({"type": "string", "format": "iban"}), "`iban`"),
        (
            json!({"type": "integer", "enum": [1, 2]}),
            "an enum of this type",
        ),
        (json!({"type": ["string", "null"]}), "this type"),
        (json!({"type": "string", "pattern": "(?=a)"}), "regex"),
        (
            json!({"properties": {"a": {}}, "additionalProperties": {"type": "string"}}),
            "`properties` beside",
        ),
        (
            json!({"oneOf": [{}, {}], "anyOf": [{}, {}]}),
            "`oneOf` beside `anyOf`",
        ),
        (
            json!({"allOf": [{"type": "string"}, {"type": "string"}]}),
            "`allOf`",
        ),
        (json!(true), "a schema that is not an object"),
    ];
    for (schema, reason) in schemas {
        let document = OpenApiDocument {
            json: json!({"schemas": {"Parent": {"properties": {"member": schema}}}}),
        };
        let mut generator = InstanceGenerator::new(&document, FieldSelection::All);
        let result = generator.generate("/schemas/Parent", "parent");
        let Err(GenerationError::UnsupportedSchema(message)) = result.map(|it| it.value) else {
            panic!("{reason} was accepted");
        };
        let pointer = "/schemas/Parent/properties/member: ";
        assert!(
            message.starts_with(pointer) && message.contains(reason),
            "{message}"
        );
    }
}
