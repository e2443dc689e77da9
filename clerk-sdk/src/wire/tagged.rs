//! Unions told apart by one member's text: decoded as they stream in, once that member has come.
//!
//! The member usually comes first. What comes before it is kept aside and read again.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::decode::{Key, refuse};
use super::path;

/// A union whose shape one member's text decides.
pub(crate) trait Tagged: Default {
    /// The member that decides.
    const TAG: &'static str;

    /// The shape that this text names, empty so far; `None` where no shape is known by it.
    fn start(text: &str) -> Option<Self>;

    /// Reads a member into the shape that was started; false where it has no such field.
    fn read_field<'de, M: MapAccess<'de>>(
        &mut self,
        key: &str,
        map: &mut M,
    ) -> Result<bool, M::Error>;

    /// Keeps what is no known shape.
    fn unknown(object: Value) -> Self;
}

/// Reads a union of this kind.
pub(crate) fn read_tagged<'de, T: Tagged, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer.deserialize_any(TaggedVisitor(PhantomData))
}

struct TaggedVisitor<T>(PhantomData<T>);

impl<'de, T: Tagged> Visitor<'de> for TaggedVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E>(self) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let mut before = Map::new();
        while let Some(key) = map.next_key_seed(Key)? {
            let value: Value = map.next_value()?;
            let shape = match &value {
                Value::String(text) if key == T::TAG => T::start(text),
                _ => None,
            };
            if let Some(mut shape) = shape {
                before.remove(T::TAG);
                replay(&mut shape, T::TAG, value)?;
                for (key, value) in before {
                    replay(&mut shape, &key, value)?;
                }
                return stream(shape, map);
            }
            before.insert(key.into_owned(), value);
        }
        Ok(T::unknown(Value::Object(before)))
    }

    refuse!(arrays);

    refuse!(scalars);
}

/// Reads a member that was kept aside.
fn replay<T: Tagged, E: Error>(shape: &mut T, key: &str, value: Value) -> Result<(), E> {
    let mut entry = Entry {
        value: Some(value),
        error: PhantomData::<E>,
    };
    let read = shape.read_field(key, &mut entry);
    read.map(|_| ()).map_err(|error| path::at_field(key, error))
}

/// Reads what comes after it. The member that decided is not read again: the shape would then hold
/// another shape's name.
fn stream<'de, T: Tagged, A: MapAccess<'de>>(mut shape: T, mut map: A) -> Result<T, A::Error> {
    while let Some(key) = map.next_key_seed(Key)? {
        let is_read = match &*key {
            tag if tag == T::TAG => false,
            name => shape
                .read_field(name, &mut map)
                .map_err(|error| path::at_field(name, error))?,
        };
        if !is_read {
            map.next_value::<IgnoredAny>()?;
        }
    }
    Ok(shape)
}

/// One member as the map it came in, with its key already taken.
struct Entry<E> {
    value: Option<Value>,
    error: PhantomData<E>,
}

impl<'de, E: Error> MapAccess<'de> for Entry<E> {
    type Error = E;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, E> {
        // Nobody asks: the key was taken. An empty one is as good as any.
        seed.deserialize(StrDeserializer::new("")).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, E> {
        let value = self.value.take().unwrap_or_default();
        seed.deserialize(value).map_err(E::custom)
    }
}

/// Gives a union its decoding. The variant after `else` keeps the unknown shapes.
macro_rules! tagged_union {
    ($type:ident else $unknown:ident by $tag:literal {
        $($variant:ident = $text:literal),* $(,)?
    }) => {
        $crate::wire::union_traits!($type else $unknown { $($variant),* });

        impl $crate::wire::Tagged for $type {
            const TAG: &'static str = $tag;

            fn start(text: &str) -> Option<Self> {
                match text {
                    $($text => Some(Self::$variant(Box::default())),)*
                    _ => None,
                }
            }

            fn read_field<'de, M: serde::de::MapAccess<'de>>(
                &mut self,
                key: &str,
                map: &mut M,
            ) -> Result<bool, M::Error> {
                match self {
                    $(Self::$variant(value) => {
                        $crate::wire::Object::read_field(&mut **value, key, map)
                    })*
                    Self::$unknown(_) => Ok(false),
                }
            }

            fn unknown(object: serde_json::Value) -> Self {
                Self::$unknown(object)
            }
        }

        impl $crate::wire::Slot for $type {
            fn read<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::wire::read_tagged(deserializer)
            }
        }
    };
}
pub(crate) use tagged_union;
