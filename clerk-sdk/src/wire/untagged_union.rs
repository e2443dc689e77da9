//! Unions without a discriminator: an object that is one of several variants, identified by its members.
//!
//! A variant that this version does not know is kept as JSON.

use serde::de::{Deserializer, Error, Unexpected};
use serde_json::{Map, Value};

use super::decode::Decode;
use super::type_mismatch::json_type;

/// The tests that identify one variant of a union, all of which must pass. A test names members of which one must be
/// present, and the string that its value must be, if any.
pub(crate) type Shape = &'static [(&'static [&'static str], Option<&'static str>)];

/// Whether `object` passes every test of a shape.
pub(crate) fn matches_shape(object: &Map<String, Value>, shape: Shape) -> bool {
    shape.iter().all(|(names, expected)| {
        let mut members = names.iter().filter_map(|name| object.get(*name));
        members.any(|member| expected.is_none_or(|expected| member == expected))
    })
}

/// Reads the whole object of a union, so that its variant can be determined before it is decoded.
pub(crate) fn read_union_object<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Map<String, Value>>, D::Error> {
    match Value::decode(deserializer)? {
        Value::Null => Ok(None),
        Value::Object(object) => Ok(Some(object)),
        other => Err(D::Error::invalid_type(
            Unexpected::Other(json_type(&other)),
            &"an object",
        )),
    }
}

/// Decodes a variant from the object that identified it.
pub(crate) fn decode_variant<T: Decode, E: Error>(object: Map<String, Value>) -> Result<T, E> {
    // The path of a type mismatch is recorded on the way: only the message has to be converted.
    T::decode(Value::Object(object)).map_err(E::custom)
}

/// Implements the decoding of a union. The variant after `else` keeps unknown objects.
macro_rules! untagged_union {
    ($type:ident else $unknown:ident {
        $($variant:ident if [$($name:literal $(| $other:literal)* $(= $text:literal)?),*]),* $(,)?
    }) => {
        $crate::wire::union_traits!($type else $unknown { $($variant),* });

        impl $crate::wire::Decode for $type {
            fn decode<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let Some(object) = $crate::wire::read_union_object(deserializer)? else {
                    return Ok(Self::default());
                };
                $(if $crate::wire::matches_shape(
                    &object,
                    &[$((&[$name $(, $other)*], $crate::wire::expected_string!($($text)?))),*],
                ) {
                    return $crate::wire::decode_variant(object).map(Self::$variant);
                })*
                let object = serde_json::Value::Object(object);
                Ok(Self::$unknown($crate::wire::unknown_variant(object)))
            }
        }
    };
}
pub(crate) use untagged_union;

/// Implements the traits of every union, however its variants are identified.
macro_rules! union_traits {
    ($type:ident else $unknown:ident { $($variant:ident),* }) => {
        impl Default for $type {
            fn default() -> Self {
                Self::$unknown($crate::wire::unknown_variant(serde_json::Value::Null))
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::wire::Decode::decode(deserializer)
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(value) => value.serialize(serializer),)*
                    Self::$unknown(value) => value.serialize(serializer),
                }
            }
        }

        impl $crate::wire::Encode for $type {}
    };
}
pub(crate) use union_traits;

macro_rules! expected_string {
    () => {
        None
    };
    ($string:literal) => {
        Some($string)
    };
}
pub(crate) use expected_string;
