//! Reads JSON and YAML into plain values. Unlike the parsers' defaults, both refuse an object with a duplicate key, of
//! which one value would be lost.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Parses JSON. The error is a message on one line.
///
/// # Errors
///
/// Returns a message if `text` is not JSON, or if an object has a duplicate key.
pub fn parse_json(text: &str) -> Result<Value, String> {
    let parsed: Result<PlainValue, _> = serde_json::from_str(text);
    parsed
        .map(|it| it.0)
        .map_err(|error| format!("this is not JSON: {error}"))
}

/// Parses YAML with the core schema of YAML 1.2, as OpenAPI requires: an unquoted `no` is a string. The error is a
/// message on one line.
///
/// # Errors
///
/// Returns a message if `text` is not YAML, or if a mapping has a duplicate key.
pub fn parse_yaml(text: &str) -> Result<Value, String> {
    let options = serde_saphyr::options! {
        strict_booleans: true,
        underscored_numbers_as_strings: true,
    };
    let parsed: Result<PlainValue, _> = serde_saphyr::from_str_with_options(text, options);
    parsed.map(|it| it.0).map_err(|error| {
        // The lines after the first are an excerpt of the document.
        let error = error.to_string();
        let first = error.lines().next().unwrap_or_default();
        format!("this is not YAML, or it is truncated: {first}")
    })
}

/// A value whose objects have unique keys.
struct PlainValue(Value);

impl<'de> Deserialize<'de> for PlainValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PlainValueVisitor).map(Self)
    }
}

struct PlainValueVisitor;

impl<'de> Visitor<'de> for PlainValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        let number = Number::from_f64(value).map(Value::Number);
        number.ok_or_else(|| E::custom(format!("`{value}` is not a number of JSON")))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(PlainValue(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some((key, PlainValue(value))) = members.next_entry::<String, PlainValue>()? {
            if map.contains_key(&key) {
                return Err(de::Error::custom(format!("duplicate key `{key}`")));
            }
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn unquoted_yaml_scalars_have_the_types_of_yaml_1_2() {
        for word in [
            "on",
            "off",
            "yes",
            "no",
            "y",
            "n",
            "Yes",
            "NO",
            "1_000",
            "12:30:45",
            "2026-01-01",
        ] {
            let value = parse_yaml(&format!("{word}: {word}")).expect(word);
            assert_eq!(value, json!({ word: word }));
        }
        let scalars = "[true, False, null, ~, 1, -2.5, 0x10, 0o17]";
        let expected = json!([true, false, null, null, 1, -2.5, 16, 15]);
        assert_eq!(parse_yaml(scalars).expect("it is YAML"), expected);
    }

    #[test]
    fn duplicate_keys_are_refused_with_their_place() {
        let json = "{\"a\": {\"b\": 1,\n \"b\": 2}}";
        let error = parse_json(json).expect_err("a key is duplicate");
        assert!(error.contains("duplicate key `b` at line 2"), "{error}");
        let error = parse_yaml("a:\n  b: 1\n  b: 2\n").expect_err("a key is duplicate");
        assert!(error.contains("line 3") && error.contains('b'), "{error}");
        let error = parse_yaml("200: 1\n'200': 2\n").expect_err("a key is duplicate");
        assert!(error.contains("200"), "{error}");
    }

    #[test]
    fn json_keeps_every_value() {
        let text = r#"{"a":[null,true,-1,18446744073709551615,1.5,"\ud83d\ude00"],"b":{}}"#;
        let expected: Value = serde_json::from_str(text).expect("it is JSON");
        assert_eq!(parse_json(text).expect("it is JSON"), expected);
    }

    #[test]
    fn nesting_that_would_exhaust_the_stack_is_refused() {
        for text in ["[".repeat(100_000), "{\"a\":".repeat(100_000)] {
            parse_json(&text).expect_err("it is nested too deeply");
            parse_yaml(&text).expect_err("it is nested too deeply");
        }
        parse_yaml(&"- ".repeat(10_000)).expect_err("it is nested too deeply");
    }
}
