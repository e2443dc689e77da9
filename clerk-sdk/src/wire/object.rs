//! JSON objects: the trait of structs that decode member by member, and the macros for generated structs.
//!
//! A macro names each field once: `name`, or `type_ = "type"` if Rust forbids the wire name. A colon introduces
//! exceptions: `null` (written even if it has no value) and `secret` (redacted in `Debug`). `with id` declares that every object has an id,
//! and `is` gives the value that a string always has.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Unexpected, Visitor};

use super::decode::{Decode, DecodeSeed};
use super::json_path;
use super::member_name::MemberName;
use super::memory_limit::is_decoding_response;
use super::scalar::Scalar;
use super::type_mismatch::reject;

/// A struct that decodes the members of a JSON object one at a time.
pub(crate) trait Object: Default {
    /// Decodes the member `name` into its field; returns false if there is no such field.
    fn decode_member<'de, M: MapAccess<'de>>(
        &mut self,
        name: &str,
        map: &mut M,
    ) -> Result<bool, M::Error>;

    /// Whether the object has its id, if every object of this type has one.
    fn has_required_id(&self) -> bool {
        true
    }
}

/// Decodes the next value of `map` into a field, and returns true.
pub(crate) fn decode_field<'de, T: Decode, M: MapAccess<'de>>(
    field: &mut T,
    map: &mut M,
) -> Result<bool, M::Error> {
    *field = map.next_value_seed(DecodeSeed::new())?;
    Ok(true)
}

/// Decodes the next value of `map` into a field that usually has this value, which is borrowed then.
pub(crate) fn decode_constant<'de, M: MapAccess<'de>>(
    field: &mut Cow<'static, str>,
    constant: &'static str,
    map: &mut M,
) -> Result<bool, M::Error> {
    *field = map.next_value_seed(ConstantSeed(constant))?;
    Ok(true)
}

struct ConstantSeed(&'static str);

impl<'de> DeserializeSeed<'de> for ConstantSeed {
    type Value = Cow<'static, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ConstantSeed {
    type Value = Cow<'static, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(String::EXPECTED)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(""))
    }

    fn visit_str<E>(self, string: &str) -> Result<Self::Value, E> {
        Ok(match string == self.0 {
            true => Cow::Borrowed(self.0),
            false => Cow::Owned(string.to_owned()),
        })
    }

    reject!(objects);

    reject!(arrays);

    reject!(non_strings);
}

/// Decodes an object into `T`, member by member, and skips the members that `T` does not have.
pub(crate) fn decode_object<'de, T: Object, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer.deserialize_any(ObjectVisitor {
        needs_id: false,
        object: PhantomData,
    })
}

/// Decodes the object that a response consists of, or an item of its list.
///
/// Without its id it is something else, such as an error in a response whose status says otherwise. Nested objects, and
/// values that are not from a response, may lack it.
pub(crate) fn decode_resource<'de, T: Object, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer.deserialize_any(ObjectVisitor {
        needs_id: is_decoding_response(),
        object: PhantomData,
    })
}

struct ObjectVisitor<T> {
    needs_id: bool,
    object: PhantomData<T>,
}

impl<'de, T: Object> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        let object = T::default();
        match self.needs_id && !object.has_required_id() {
            true => Err(E::invalid_type(Unexpected::Other("null"), &self)),
            false => Ok(object),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let mut object = T::default();
        while let Some(name) = map.next_key_seed(MemberName)? {
            match object.decode_member(&name, &mut map) {
                Ok(true) => {}
                Ok(false) => {
                    map.next_value::<IgnoredAny>()?;
                }
                Err(error) => return Err(json_path::at_field(&name, error)),
            }
        }
        match self.needs_id && !object.has_required_id() {
            true => Err(A::Error::missing_field("id")),
            false => Ok(object),
        }
    }

    reject!(arrays);

    reject!(scalars);
}

/// Implements `Serialize` as a JSON object of the fields that are set.
macro_rules! serialize_object {
    ($type:ident { $($field:ident $(= $wire:literal)? $(is $constant:literal)? $(: $($mode:ident)+)?),* $(,)? }) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap;
                #[allow(unused_mut, reason = "a request may have no fields")]
                let mut map = serializer.serialize_map(None)?;
                $($crate::wire::write_field!(
                    map, self.$field, $field $(= $wire)? $(: $($mode)+)?
                );)*
                map.end()
            }
        }
    };
}
pub(crate) use serialize_object;

/// Implements the encoding of a request struct.
macro_rules! request_object {
    ($type:ident { $($field:ident $(= $wire:literal)? $(is $constant:literal)? $(: $($mode:ident)+)?),* $(,)? }) => {
        $crate::wire::serialize_object!($type { $($field $(= $wire)? $(: $($mode)+)?),* });

        impl $crate::wire::Encode for $type {}

        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($type))
                    $(.field(
                        stringify!($field),
                        $crate::wire::debug_value!(self.$field $(, $($mode)+)?),
                    ))*
                    .finish()
            }
        }
    };
}
pub(crate) use request_object;

/// Implements the decoding and the encoding of a response struct.
macro_rules! response_object {
    ($type:ident $(with $id:ident)? {
        $($field:ident $(= $wire:literal)? $(is $constant:literal)? $(: $($mode:ident)+)?),* $(,)?
    }) => {
        $crate::wire::request_object!($type { $($field $(= $wire)? $(: $($mode)+)?),* });

        impl $crate::wire::Object for $type {
            $(fn has_required_id(&self) -> bool {
                !self.$id.is_empty()
            })?

            fn decode_member<'de, M: serde::de::MapAccess<'de>>(
                &mut self,
                name: &str,
                map: &mut M,
            ) -> Result<bool, M::Error> {
                match name {
                    $($crate::wire::wire_name!($field $(= $wire)?) =>
                        $crate::wire::decode_entry!(self.$field, map $(, $constant)?),)*
                    _ => Ok(false),
                }
            }
        }

        impl $crate::wire::Decode for $type {
            fn decode<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::wire::decode_object(deserializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::wire::decode_resource(deserializer)
            }
        }
    };
}
pub(crate) use response_object;

macro_rules! decode_entry {
    ($field:expr, $map:ident) => {
        $crate::wire::decode_field(&mut $field, $map)
    };
    ($field:expr, $map:ident, $constant:literal) => {
        $crate::wire::decode_constant(&mut $field, $constant, $map)
    };
}
pub(crate) use decode_entry;

macro_rules! wire_name {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident = $wire:literal) => {
        $wire
    };
}
pub(crate) use wire_name;

macro_rules! write_field {
    ($map:ident, $value:expr, $field:ident $(= $wire:literal)? : null $($mode:ident)*) => {
        $crate::wire::write_nullable_member(
            &mut $map, $crate::wire::wire_name!($field $(= $wire)?), &$value,
        )?
    };
    ($map:ident, $value:expr, $field:ident $(= $wire:literal)? $(: $($mode:ident)+)?) => {
        $crate::wire::write_member(
            &mut $map, $crate::wire::wire_name!($field $(= $wire)?), &$value,
        )?
    };
}
pub(crate) use write_field;

/// The value that `Debug` shows for a field: never a secret.
macro_rules! debug_value {
    ($value:expr) => {
        &$value
    };
    ($value:expr, null) => {
        &$value
    };
    ($value:expr, $(null)? secret) => {
        &format_args!("[redacted]")
    };
}
pub(crate) use debug_value;
