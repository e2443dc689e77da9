//! Schemas without the `allOf` or `oneOf` that only wraps them.

use serde_json::Value;

/// A schema without a wrapper: OpenAPI 3.0 has no other way to make a reference nullable than to
/// wrap it in an `allOf` or `oneOf` of one member.
pub(super) struct Unwrapped<'s> {
    pub(super) schema: &'s Value,
    pub(super) nullable: bool,
    /// The path from the wrapper to the schema.
    pub(super) wrapper: Option<&'static str>,
}

impl<'s> From<&'s Value> for Unwrapped<'s> {
    fn from(schema: &'s Value) -> Self {
        let nullable = schema["nullable"] == true;
        for (keyword, wrapper) in [("allOf", "allOf/0"), ("oneOf", "oneOf/0")] {
            if let Some([single]) = schema[keyword].as_array().map(Vec::as_slice)
                && schema.get("properties").is_none()
                && schema.get("discriminator").is_none()
            {
                let inner = Self::from(single);
                return Self {
                    schema: inner.schema,
                    nullable: nullable || inner.nullable,
                    wrapper: Some(wrapper),
                };
            }
        }
        Self {
            schema,
            nullable,
            wrapper: None,
        }
    }
}
