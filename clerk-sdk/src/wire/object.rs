//! The macros that make a generated struct a JSON object.
//!
//! Each field is named once: `name`, or `type_ = "type"` where Rust forbids the wire's name. After a
//! colon stands how it differs: `null` (written even when empty) or `secret` (kept out of `Debug`).

use serde::de::MapAccess;

use super::{Field, Slot};

/// A struct that takes the members of a JSON object one at a time.
pub(crate) trait Object: Default {
    /// Reads the member `key` into its field; false where there is no such field.
    fn read_field<'de, M: MapAccess<'de>>(
        &mut self,
        key: &str,
        map: &mut M,
    ) -> Result<bool, M::Error>;
}

/// Reads the next value of `map` into a field.
pub(crate) fn slot<'de, T: Slot, M: MapAccess<'de>>(
    field: &mut T,
    map: &mut M,
) -> Result<bool, M::Error> {
    *field = map.next_value_seed(Field::new())?;
    Ok(true)
}

/// Gives a struct of a request its encoding.
macro_rules! request_object {
    ($type:ident { $($field:ident $(= $wire:literal)? $(: $($mode:ident)+)?),* $(,)? }) => {
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

        impl $crate::wire::Put for $type {}

        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($type))
                    $(.field(
                        stringify!($field),
                        $crate::wire::shown!(self.$field $(, $($mode)+)?),
                    ))*
                    .finish()
            }
        }
    };
}
pub(crate) use request_object;

/// Gives a struct of an answer its decoding and its encoding.
macro_rules! response_object {
    ($type:ident { $($field:ident $(= $wire:literal)? $(: $($mode:ident)+)?),* $(,)? }) => {
        $crate::wire::request_object!($type { $($field $(= $wire)? $(: $($mode)+)?),* });

        impl $crate::wire::Object for $type {
            fn read_field<'de, M: serde::de::MapAccess<'de>>(
                &mut self,
                key: &str,
                map: &mut M,
            ) -> Result<bool, M::Error> {
                match key {
                    $($crate::wire::wire_name!($field $(= $wire)?) =>
                        $crate::wire::slot(&mut self.$field, map),)*
                    _ => Ok(false),
                }
            }
        }

        impl $crate::wire::Slot for $type {
            fn read<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::wire::read_object(deserializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::wire::read_object(deserializer)
            }
        }
    };
}
pub(crate) use response_object;

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
        $crate::wire::put_null(
            &mut $map, $crate::wire::wire_name!($field $(= $wire)?), &$value,
        )?
    };
    ($map:ident, $value:expr, $field:ident $(= $wire:literal)? $(: $($mode:ident)+)?) => {
        $crate::wire::put(
            &mut $map, $crate::wire::wire_name!($field $(= $wire)?), &$value,
        )?
    };
}
pub(crate) use write_field;

/// What `Debug` shows of a field: never a secret.
macro_rules! shown {
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
pub(crate) use shown;
