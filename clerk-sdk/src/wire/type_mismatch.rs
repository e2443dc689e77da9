//! Type mismatches: how visitors reject JSON types they cannot take, without repeating the value.
//!
//! Responses contain personal data, so an error names the JSON type that was found and nothing of the value.

use serde_json::Value;

/// Implements the methods of a visitor that reject a JSON type.
macro_rules! reject {
    (scalars) => {
        $crate::wire::type_mismatch::reject!(visit_str(&str) => "a string");
        $crate::wire::type_mismatch::reject!(non_strings);
    };
    (non_strings) => {
        $crate::wire::type_mismatch::reject! {
            visit_bool(bool) => "a boolean",
            visit_i64(i64) => "a number",
            visit_u64(u64) => "a number",
            visit_f64(f64) => "a number",
        }
    };
    (objects) => {
        fn visit_map<A: serde::de::MapAccess<'de>>(self, _: A) -> Result<Self::Value, A::Error> {
            let found = serde::de::Unexpected::Other("an object");
            Err(serde::de::Error::invalid_type(found, &self))
        }
    };
    (arrays) => {
        fn visit_seq<A: serde::de::SeqAccess<'de>>(self, _: A) -> Result<Self::Value, A::Error> {
            let found = serde::de::Unexpected::Other("an array");
            Err(serde::de::Error::invalid_type(found, &self))
        }
    };
    ($($method:ident($type:ty) => $found:literal),* $(,)?) => {$(
        fn $method<E: serde::de::Error>(self, _: $type) -> Result<Self::Value, E> {
            Err(E::invalid_type(serde::de::Unexpected::Other($found), &self))
        }
    )*};
}
pub(super) use reject;

/// The JSON type of a value, as errors name it.
pub(super) fn json_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
