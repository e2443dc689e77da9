//! Values that are kept as JSON text until it is known what they are.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

/// The name that makes `serde_json` pass the text of a value. If it changed, values would be passed as by other formats.
const TEXT: &str = "$serde_json::private::RawValue";

/// The text of a value, borrowed from the body.
pub(super) struct RawJson<'de>(Cow<'de, str>);

impl RawJson<'_> {
    /// Returns the JSON text.
    pub(super) fn text(&self) -> &str {
        &self.0
    }

    pub(super) fn is_null(&self) -> bool {
        self.0 == "null"
    }

    /// Returns the value if it is a string.
    pub(super) fn as_str(&self) -> Option<Cow<'_, str>> {
        let content = self.0.strip_prefix('"')?.strip_suffix('"')?;
        match content.contains('\\') {
            false => Some(Cow::Borrowed(content)),
            true => serde_json::from_str(&self.0).ok().map(Cow::Owned),
        }
    }

    /// Parses the value.
    pub(super) fn parse<E: Error>(&self) -> Result<Value, E> {
        serde_json::from_str(&self.0).map_err(|error| without_position(&error))
    }
}

/// Converts an error about a part of the body. The position within the part would be taken for one within the body.
pub(super) fn without_position<E: Error>(error: &serde_json::Error) -> E {
    let message = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    E::custom(message.strip_suffix(&position).unwrap_or(&message))
}

impl<'de> Deserialize<'de> for RawJson<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(TEXT, ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = RawJson<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    /// `serde_json` passes a map whose only member is the text.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        map.next_key::<IgnoredAny>()?;
        map.next_value_seed(TextSeed).map(RawJson)
    }

    /// Other formats pass the value.
    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Self::Value, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Ok(RawJson(Cow::Owned(value.to_string())))
    }
}

struct TextSeed;

impl<'de> DeserializeSeed<'de> for TextSeed {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for TextSeed {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON text")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use serde::Deserialize;
    use serde_json::json;

    use super::RawJson;

    #[test]
    fn text_is_borrowed_from_the_body() {
        let raw: RawJson = serde_json::from_str(r#" { "a" : 1e999 } "#).expect("JSON");
        assert!(matches!(raw.0, Cow::Borrowed(r#"{ "a" : 1e999 }"#)));
    }

    #[test]
    fn a_value_becomes_text() {
        let raw = RawJson::deserialize(json!({ "a": [1, null] })).expect("a value");
        assert_eq!(raw.text(), r#"{"a":[1,null]}"#);
    }

    #[test]
    fn strings_are_unescaped() {
        let string = |text| {
            let raw: RawJson = serde_json::from_str(text).expect("JSON");
            raw.as_str().map(Cow::into_owned)
        };
        assert_eq!(string(r#""admin""#).as_deref(), Some("admin"));
        assert_eq!(string(r#""\u0061dmin\\""#).as_deref(), Some("admin\\"));
        assert_eq!(string("1"), None);
        assert_eq!(string("null"), None);
    }
}
