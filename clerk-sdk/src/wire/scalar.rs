//! Scalars: strings, numbers, booleans, and the newtypes around them.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Unexpected, Visitor};
use serde_json::Number;

use super::decode::Decode;
use super::type_mismatch::reject;

/// A type that decodes from a JSON scalar. Each method rejects its JSON type unless it is overridden.
pub(crate) trait Scalar: Default {
    /// The expected type in error messages, such as "a string".
    const EXPECTED: &'static str;

    fn from_str<E: Error>(_: &str) -> Result<Self, E> {
        Err(type_mismatch::<Self, E>("a string"))
    }

    /// Like [`from_str`](Self::from_str), for a string that is owned already.
    fn from_string<E: Error>(string: String) -> Result<Self, E> {
        Self::from_str(&string)
    }

    fn from_bool<E: Error>(_: bool) -> Result<Self, E> {
        Err(type_mismatch::<Self, E>("a boolean"))
    }

    fn from_i64<E: Error>(_: i64) -> Result<Self, E> {
        Err(type_mismatch::<Self, E>("a number"))
    }

    fn from_f64<E: Error>(_: f64) -> Result<Self, E> {
        Err(type_mismatch::<Self, E>("a number"))
    }
}

fn type_mismatch<T: Scalar, E: Error>(found: &'static str) -> E {
    E::invalid_type(Unexpected::Other(found), &T::EXPECTED)
}

impl Scalar for String {
    const EXPECTED: &'static str = "a string";

    fn from_str<E: Error>(string: &str) -> Result<Self, E> {
        Ok(string.to_owned())
    }

    fn from_string<E: Error>(string: String) -> Result<Self, E> {
        Ok(string)
    }
}

impl Scalar for bool {
    const EXPECTED: &'static str = "a boolean";

    fn from_bool<E: Error>(value: bool) -> Result<Self, E> {
        Ok(value)
    }
}

impl Scalar for i64 {
    const EXPECTED: &'static str = "an integer";

    fn from_i64<E: Error>(value: i64) -> Result<Self, E> {
        Ok(value)
    }

    /// An integer may be written `1e3` or `1000.0`.
    fn from_f64<E: Error>(value: f64) -> Result<Self, E> {
        // Above 2^53 a float cannot represent every integer.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if value.fract() == 0.0 && value.abs() <= EXACT {
            Ok(value as i64)
        } else {
            Err(type_mismatch::<Self, E>(
                "a number that is not a 64-bit integer",
            ))
        }
    }
}

impl Scalar for f64 {
    const EXPECTED: &'static str = "a number";

    fn from_i64<E: Error>(value: i64) -> Result<Self, E> {
        Ok(value as f64)
    }

    fn from_f64<E: Error>(value: f64) -> Result<Self, E> {
        Ok(value)
    }
}

macro_rules! decode_scalars {
    ($($type:ty),*) => {$(
        impl Decode for $type {
            fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                decode_scalar(deserializer)
            }
        }
    )*};
}

decode_scalars!(String, bool, i64, f64);

/// Decodes a scalar; null is the default.
pub(crate) fn decode_scalar<'de, T: Scalar, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    match deserializer.deserialize_any(ScalarVisitor(T::EXPECTED))? {
        ScalarValue::Null => Ok(T::default()),
        ScalarValue::Borrowed(string) => T::from_str(string),
        ScalarValue::Owned(string) => T::from_string(string),
        ScalarValue::Bool(value) => T::from_bool(value),
        ScalarValue::Integer(value) => T::from_i64(value),
        ScalarValue::Float(value) => T::from_f64(value),
    }
}

/// A JSON scalar of any type, so that the compiler generates the reading of scalars once and not for each type.
enum ScalarValue<'de> {
    Null,
    Borrowed(&'de str),
    Owned(String),
    Bool(bool),
    Integer(i64),
    Float(f64),
}

/// Takes any scalar. The string is the expected type in error messages.
struct ScalarVisitor(&'static str);

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = ScalarValue<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(ScalarValue::Null)
    }

    fn visit_borrowed_str<E>(self, string: &'de str) -> Result<Self::Value, E> {
        Ok(ScalarValue::Borrowed(string))
    }

    fn visit_str<E>(self, string: &str) -> Result<Self::Value, E> {
        Ok(ScalarValue::Owned(string.to_owned()))
    }

    fn visit_string<E>(self, string: String) -> Result<Self::Value, E> {
        Ok(ScalarValue::Owned(string))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(ScalarValue::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(ScalarValue::Integer(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(match i64::try_from(value) {
            Ok(value) => ScalarValue::Integer(value),
            Err(_) => ScalarValue::Float(value as f64),
        })
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(ScalarValue::Float(value))
    }

    reject!(arrays);

    /// `serde_json` passes a number as a map if its feature `arbitrary_precision` is enabled, unless it is an integer of
    /// 64 bits.
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        let mismatch = |found| A::Error::invalid_type(Unexpected::Other(found), &self);
        match Number::deserialize(MapAccessDeserializer::new(map)) {
            Ok(number) => match (number.as_i64(), number.as_f64()) {
                (Some(integer), _) => Ok(ScalarValue::Integer(integer)),
                (None, Some(float)) => Ok(ScalarValue::Float(float)),
                (None, None) => Err(mismatch("a number out of range")),
            },
            Err(_) => Err(mismatch("an object")),
        }
    }
}
