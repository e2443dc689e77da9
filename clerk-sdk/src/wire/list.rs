//! One type for both forms of a list: a bare array, and an object around one.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

use serde::de::{
    Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor,
};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::containers::{ItemsSeed, decode_items};
use super::json_path;
use super::member_name::MemberName;
use super::memory_limit::is_decoding_response;
use super::object::decode_field;
use super::type_mismatch::reject;

/// One page of a list: its items, and the total count if the API sends one.
///
/// Some lists are sent as a bare array, some as an object with `data` and `total_count`, and some as either,
/// depending on a parameter. All of them decode into this type, which derefs to the items.
///
/// ```
/// # fn show(users: clerk_sdk::List<clerk_sdk::types::User>) {
/// println!("{} of {:?}", users.len(), users.total_count);
/// for user in &users {
///     println!("{}", user.id);
/// }
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct List<T> {
    /// The items of this page, in the order of the API.
    pub data: Vec<T>,
    /// The number of items on all pages; `None` if the API sent a bare array.
    pub total_count: Option<i64>,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self {
            data: Vec::new(),
            total_count: None,
        }
    }
}

impl<T> Deref for List<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        &self.data
    }
}

impl<T> DerefMut for List<T> {
    fn deref_mut(&mut self) -> &mut Vec<T> {
        &mut self.data
    }
}

impl<T> From<Vec<T>> for List<T> {
    fn from(data: Vec<T>) -> Self {
        Self {
            data,
            total_count: None,
        }
    }
}

impl<T> FromIterator<T> for List<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Vec::from_iter(items).into()
    }
}

impl<T> IntoIterator for List<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.data.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a List<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.data.iter()
    }
}

impl<'a, T> IntoIterator for &'a mut List<T> {
    type Item = &'a mut T;
    type IntoIter = std::slice::IterMut<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.data.iter_mut()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListVisitor(PhantomData))
    }
}

/// Serializes to the form that it was decoded from: an array if there is no total count.
impl<T: Serialize> Serialize for List<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(total) = self.total_count else {
            return self.data.serialize(serializer);
        };
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("data", &self.data)?;
        map.serialize_entry("total_count", &total)?;
        map.end()
    }
}

struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
    type Value = List<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array, or an object with `data`")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        match is_decoding_response() {
            true => Err(E::invalid_type(Unexpected::Other("null"), &self)),
            false => Ok(List::default()),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        decode_items(&mut items, PhantomData::<T>).map(List::from)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut list = List::default();
        let mut has_items = false;
        while let Some(name) = map.next_key_seed(MemberName)? {
            let decoded = match &*name {
                // The list of M2M tokens is the only one with another name for its items.
                "data" | "m2m_tokens" => map
                    .next_value_seed(ItemsSeed(PhantomData::<T>))
                    .map(|items| (list.data, has_items) = (items, true)),
                "total_count" => decode_field(&mut list.total_count, &mut map).map(drop),
                _ => map.next_value::<IgnoredAny>().map(drop),
            };
            decoded.map_err(|error| json_path::at_field(&name, error))?;
        }
        match has_items || !is_decoding_response() {
            true => Ok(list),
            false => Err(A::Error::missing_field("data")),
        }
    }

    reject!(scalars);
}
