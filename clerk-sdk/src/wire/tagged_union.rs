//! Unions with a discriminator: each member is decoded as it is read, once the discriminator has been read.
//!
//! The discriminator usually comes first. The members before it are buffered and replayed.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::json_path;
use super::member_name::MemberName;
use super::type_mismatch::reject;

/// A union whose variant is decided by the string value of one member, the discriminator.
pub(crate) trait TaggedUnion: Default {
    /// The name of the discriminator.
    const TAG: &'static str;

    /// Returns the variant that the discriminator names, empty so far; `None` if it names no known one.
    fn from_tag(tag: &str) -> Option<Self>;

    /// Decodes a member into the variant; returns false if the variant has no such field.
    fn decode_member<'de, M: MapAccess<'de>>(
        &mut self,
        name: &str,
        map: &mut M,
    ) -> Result<bool, M::Error>;

    /// Keeps an object that is not a known variant.
    fn unknown(object: Value) -> Self;
}

/// Decodes a union with a discriminator.
pub(crate) fn decode_tagged_union<'de, T: TaggedUnion, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer.deserialize_any(TaggedVisitor(PhantomData))
}

struct TaggedVisitor<T>(PhantomData<T>);

impl<'de, T: TaggedUnion> Visitor<'de> for TaggedVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E>(self) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let mut buffered = Map::new();
        while let Some(name) = map.next_key_seed(MemberName)? {
            let value: Value = map.next_value()?;
            let variant = match &value {
                Value::String(tag) if name == T::TAG => T::from_tag(tag),
                _ => None,
            };
            if let Some(mut variant) = variant {
                buffered.remove(T::TAG);
                replay(&mut variant, T::TAG, value)?;
                for (name, value) in buffered {
                    replay(&mut variant, &name, value)?;
                }
                return decode_remaining(variant, map);
            }
            buffered.insert(name.into_owned(), value);
        }
        Ok(T::unknown(Value::Object(buffered)))
    }

    reject!(arrays);

    reject!(scalars);
}

/// Decodes a member that was buffered.
fn replay<T: TaggedUnion, E: Error>(variant: &mut T, name: &str, value: Value) -> Result<(), E> {
    let mut entry = BufferedMember {
        value: Some(value),
        error: PhantomData::<E>,
    };
    let decoded = variant.decode_member(name, &mut entry);
    decoded
        .map(|_| ())
        .map_err(|error| json_path::at_field(name, error))
}

/// Decodes the members after the discriminator. A second discriminator is ignored; otherwise the variant would
/// contain the tag of another one.
fn decode_remaining<'de, T: TaggedUnion, A: MapAccess<'de>>(
    mut variant: T,
    mut map: A,
) -> Result<T, A::Error> {
    while let Some(name) = map.next_key_seed(MemberName)? {
        let is_decoded = match &*name {
            tag if tag == T::TAG => false,
            name => variant
                .decode_member(name, &mut map)
                .map_err(|error| json_path::at_field(name, error))?,
        };
        if !is_decoded {
            map.next_value::<IgnoredAny>()?;
        }
    }
    Ok(variant)
}

/// A buffered member as the map that it was read from, after its name was taken.
struct BufferedMember<E> {
    value: Option<Value>,
    error: PhantomData<E>,
}

impl<'de, E: Error> MapAccess<'de> for BufferedMember<E> {
    type Error = E;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, E> {
        // Never called, as the name was taken already. The name does not matter.
        seed.deserialize(StrDeserializer::new("")).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, E> {
        let value = self.value.take().unwrap_or_default();
        seed.deserialize(value).map_err(E::custom)
    }
}

/// Implements the decoding of a union. The variant after `else` keeps unknown objects.
macro_rules! tagged_union {
    ($type:ident else $unknown:ident by $tag:literal {
        $($variant:ident = $text:literal),* $(,)?
    }) => {
        $crate::wire::union_traits!($type else $unknown { $($variant),* });

        impl $crate::wire::TaggedUnion for $type {
            const TAG: &'static str = $tag;

            fn from_tag(tag: &str) -> Option<Self> {
                match tag {
                    $($text => Some(Self::$variant(Box::default())),)*
                    _ => None,
                }
            }

            fn decode_member<'de, M: serde::de::MapAccess<'de>>(
                &mut self,
                name: &str,
                map: &mut M,
            ) -> Result<bool, M::Error> {
                match self {
                    $(Self::$variant(value) => {
                        $crate::wire::Object::decode_member(&mut **value, name, map)
                    })*
                    Self::$unknown(_) => Ok(false),
                }
            }

            fn unknown(object: serde_json::Value) -> Self {
                Self::$unknown($crate::wire::unknown_variant(object))
            }
        }

        impl $crate::wire::Decode for $type {
            fn decode<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::wire::decode_tagged_union(deserializer)
            }
        }
    };
}
pub(crate) use tagged_union;
