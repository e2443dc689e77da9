//! Unions: an object that is one of several shapes, told apart by what its members hold.
//!
//! A shape this version does not know is kept as the JSON it came as.

use serde::de::{Deserializer, Error, Unexpected};
use serde_json::{Map, Value};

use super::Slot;
use super::decode::kind;

/// How one shape of a union is recognised: each test must hold. A test names the members of which one
/// must be there, and the text it must have, if any.
pub(crate) type Shape = &'static [(&'static [&'static str], Option<&'static str>)];

/// Whether `object` passes every test of a shape.
pub(crate) fn holds(object: &Map<String, Value>, shape: Shape) -> bool {
    shape.iter().all(|(names, text)| {
        let mut members = names.iter().filter_map(|name| object.get(*name));
        members.any(|member| text.is_none_or(|text| member == text))
    })
}

/// Reads a union's object whole, so that its shape can be told before it is decoded.
pub(crate) fn read_member<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Map<String, Value>>, D::Error> {
    match Value::read(deserializer)? {
        Value::Null => Ok(None),
        Value::Object(object) => Ok(Some(object)),
        other => Err(D::Error::invalid_type(
            Unexpected::Other(kind(&other)),
            &"an object",
        )),
    }
}

/// Reads a shape from the object it was recognised in.
pub(crate) fn read_shape<T: Slot, E: Error>(object: Map<String, Value>) -> Result<T, E> {
    // The path of a misfit is recorded on the way; the message alone needs carrying over.
    T::read(Value::Object(object)).map_err(E::custom)
}

/// Gives a union its decoding. The variant after `else` keeps the unknown shapes.
macro_rules! open_union {
    ($type:ident else $unknown:ident {
        $($variant:ident if [$($name:literal $(| $other:literal)* $(= $text:literal)?),*]),* $(,)?
    }) => {
        $crate::wire::union_traits!($type else $unknown { $($variant),* });

        impl $crate::wire::Slot for $type {
            fn read<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let Some(object) = $crate::wire::read_member(deserializer)? else {
                    return Ok(Self::default());
                };
                $(if $crate::wire::holds(
                    &object,
                    &[$((&[$name $(, $other)*], $crate::wire::text!($($text)?))),*],
                ) {
                    return $crate::wire::read_shape(object).map(Self::$variant);
                })*
                Ok(Self::$unknown(serde_json::Value::Object(object)))
            }
        }
    };
}
pub(crate) use open_union;

/// What every union has, however its shapes are told apart.
macro_rules! union_traits {
    ($type:ident else $unknown:ident { $($variant:ident),* }) => {
        impl Default for $type {
            fn default() -> Self {
                Self::$unknown(serde_json::Value::Null)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::wire::Slot::read(deserializer)
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

        impl $crate::wire::Put for $type {}
    };
}
pub(crate) use union_traits;

macro_rules! text {
    () => {
        None
    };
    ($text:literal) => {
        Some($text)
    };
}
pub(crate) use text;
