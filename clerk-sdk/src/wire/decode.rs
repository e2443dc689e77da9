//! Reading: each type fills a slot from whatever JSON stands there.
//!
//! A null fills a slot with its default. An unknown member is skipped. Only a value of another JSON
//! type is an error, and it never repeats the value: answers hold personal data.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::budget::charge;
use super::{Object, decode_json, path};

/// A value that a slot of an answer can hold.
pub(crate) trait Slot: Sized {
    /// Reads the value, taking null for the default.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;

    /// Reads the body of an answer; the error comes with the path of what did not fit.
    fn from_body(body: &[u8]) -> Result<Self, (String, serde_json::Error)> {
        decode_json(body)
    }
}

/// For operations that answer without a value: whatever came is kept in the response's body.
impl Slot for () {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_ignored_any(IgnoredAny).map(|_| ())
    }

    fn from_body(_: &[u8]) -> Result<Self, (String, serde_json::Error)> {
        Ok(())
    }
}

/// Reads a [`Slot`] where serde asks for a seed.
pub(crate) struct Field<T>(pub(crate) PhantomData<T>);

impl<T> Field<T> {
    pub(crate) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<'de, T: Slot> DeserializeSeed<'de> for Field<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::read(deserializer)
    }
}

impl<T: Slot> Slot for Option<T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_option(OptionVisitor(PhantomData))
    }
}

struct OptionVisitor<T>(PhantomData<T>);

impl<'de, T: Slot> Visitor<'de> for OptionVisitor<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or null")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        T::read(deserializer).map(Some)
    }
}

impl<T: Slot> Slot for Box<T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::read(deserializer).map(Box::new)
    }
}

/// Refuses, in a visitor, the JSON types it has no use for, without repeating the value.
macro_rules! refuse {
    (scalars) => {
        $crate::wire::decode::refuse! {
            visit_str(&str) => "a string",
            visit_bool(bool) => "a boolean",
            visit_i64(i64) => "a number",
            visit_u64(u64) => "a number",
            visit_f64(f64) => "a number",
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
pub(crate) use refuse;

impl<T: Slot> Slot for Vec<T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(VecVisitor(PhantomData))
    }
}

struct VecVisitor<T>(PhantomData<T>);

impl<'de, T: Slot> Visitor<'de> for VecVisitor<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        read_items(&mut items)
    }

    refuse!(scalars);
}

/// Reads what is left of an array, naming the item that does not fit.
pub(crate) fn read_items<'de, T: Slot, A: SeqAccess<'de>>(
    items: &mut A,
) -> Result<Vec<T>, A::Error> {
    let mut list = Vec::new();
    loop {
        match items.next_element_seed(Field::new()) {
            Ok(Some(item)) => {
                charge::<T, A::Error>().map_err(|error| path::at_index(list.len(), error))?;
                // Most lists within an object have one item, and `push` would make room for four.
                if list.is_empty() {
                    list.reserve_exact(1);
                }
                list.push(item);
            }
            Ok(None) => return Ok(list),
            Err(error) => return Err(path::at_index(list.len(), error)),
        }
    }
}

impl<T: Slot> Slot for BTreeMap<String, T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MapVisitor(PhantomData))
    }
}

struct MapVisitor<T>(PhantomData<T>);

impl<'de, T: Slot> Visitor<'de> for MapVisitor<T> {
    type Value = BTreeMap<String, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(BTreeMap::new())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = BTreeMap::new();
        while let Some(key) = map.next_key_seed(Key)? {
            let value = map
                .next_value_seed(Field::new())
                .and_then(|value| charge::<T, A::Error>().map(|()| value))
                .map_err(|error| path::at_field(&key, error))?;
            members.insert(key.into_owned(), value);
        }
        Ok(members)
    }

    refuse!(scalars);

    refuse!(arrays);
}

impl Slot for Value {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::Deserialize::deserialize(deserializer)
    }
}

impl Slot for Map<String, Value> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::read(deserializer)? {
            Value::Object(map) => Ok(map),
            Value::Null => Ok(Map::new()),
            other => Err(D::Error::invalid_type(
                serde::de::Unexpected::Other(kind(&other)),
                &"an object",
            )),
        }
    }
}

/// The JSON type of a value, as errors name it.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// An object's key: borrowed from the answer where it has no escapes.
pub(crate) struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(key.to_owned()))
    }

    fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(key))
    }
}

/// Reads an object into `T`, member by member.
pub(crate) fn read_object<'de, T: Object, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer.deserialize_any(ObjectVisitor(PhantomData))
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Object> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E>(self) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let mut object = T::default();
        while let Some(key) = map.next_key_seed(Key)? {
            match object.read_field(&key, &mut map) {
                Ok(true) => {}
                Ok(false) => {
                    map.next_value::<IgnoredAny>()?;
                }
                Err(error) => return Err(path::at_field(&key, error)),
            }
        }
        Ok(object)
    }

    refuse!(arrays);

    refuse!(scalars);
}
