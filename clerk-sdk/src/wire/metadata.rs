//! [`Metadata`]: free-form JSON, kept as it was received and parsed on demand.
//!
//! End users write some of it themselves, so it can contain anything that JSON allows, and must not prevent the rest of
//! a response from being decoded.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer, ser};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

use super::decode::Decode;
use super::encode::Encode;

const EMPTY: &str = "{}";

/// The metadata of a user, an organization or another object: a JSON object whose members you define.
///
/// It keeps the JSON text that the API sent, and parses it when you read it. Text that cannot be read, such as a number
/// that no Rust type can represent, is therefore an error of [`read`](Self::read) and not of the call.
///
/// ```
/// use clerk_sdk::Metadata;
/// use clerk_sdk::types::User;
/// use serde::{Deserialize, Serialize};
/// use serde_json::json;
///
/// #[derive(Default, Deserialize, Serialize)]
/// #[serde(default)]
/// struct Billing {
///     plan: String,
///     seats: u32,
/// }
///
/// # let user: User = serde_json::from_value(json!({"public_metadata": {"plan": "pro", "seats": 3}}))?;
/// let mut billing: Billing = user.public_metadata.read()?;
/// assert_eq!(billing.seats, 3);
/// assert_eq!(user.public_metadata.get("plan"), Some(json!("pro")));
///
/// billing.seats += 1;
/// let params = clerk_sdk::user::UpdateMetadataParams::new()
///     .public_metadata(Metadata::new(&billing)?)
///     .private_metadata(json!({"imported": true}));
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// Metadata are equal if they are equal as JSON values, whatever the order of their members. They serialize to JSON as the
/// text they were created from; other formats than JSON that people can read, such as YAML, cannot contain that text: there,
/// serialize `read::<serde_json::Value>()`.
#[derive(Clone, Default)]
pub struct Metadata(Option<Box<RawValue>>);

impl Metadata {
    /// Creates metadata from a value that serializes to a JSON object. `Metadata::default()` is empty.
    ///
    /// A field that is an `Option` becomes null if it is `None`, and an update removes the members that are null: to leave
    /// them unchanged, add `#[serde(skip_serializing_if = "Option::is_none")]`.
    ///
    /// # Errors
    ///
    /// Returns an error if the value does not serialize to a JSON object.
    pub fn new<T: Serialize + ?Sized>(value: &T) -> serde_json::Result<Self> {
        let json = to_raw_value(value)?;
        match json.get().starts_with('{') {
            true => Ok(Self::from_raw(json)),
            false => Err(ser::Error::custom("metadata must be a JSON object")),
        }
    }

    /// Deserializes the metadata into a type of your own, which can borrow from it. `serde_json::Map<String, Value>` is
    /// the type of any JSON object.
    ///
    /// # Errors
    ///
    /// Returns an error if the metadata does not deserialize into `T`.
    pub fn read<'a, T: Deserialize<'a>>(&'a self) -> serde_json::Result<T> {
        serde_json::from_str(self.raw_json())
    }

    /// Returns the value of a member; `None` if there is no such member, or if its value cannot be parsed.
    ///
    /// Each call parses the metadata. To read several members, use [`read`](Self::read).
    pub fn get(&self, name: &str) -> Option<Value> {
        let members: BTreeMap<String, &RawValue> = self.read().ok()?;
        serde_json::from_str(members.get(name)?.get()).ok()
    }

    /// The JSON text, as the API sent it.
    pub fn raw_json(&self) -> &str {
        self.0.as_deref().map_or(EMPTY, RawValue::get)
    }

    /// Whether the metadata is an object without members.
    pub fn is_empty(&self) -> bool {
        let members = self.raw_json().strip_prefix('{');
        members.is_some_and(|members| members.trim_start() == "}")
    }

    /// Empty metadata, the most frequent kind, takes no memory.
    fn from_raw(json: Box<RawValue>) -> Self {
        match json.get() {
            EMPTY | "null" => Self(None),
            _ => Self(Some(json)),
        }
    }
}

impl From<Value> for Metadata {
    fn from(value: Value) -> Self {
        Self::from_raw(to_raw_value(&value).expect("a JSON value has a text"))
    }
}

impl From<Map<String, Value>> for Metadata {
    fn from(members: Map<String, Value>) -> Self {
        Value::Object(members).into()
    }
}

impl PartialEq for Metadata {
    fn eq(&self, other: &Self) -> bool {
        self.raw_json() == other.raw_json()
            || matches!(
                (self.read::<Value>(), other.read::<Value>()),
                (Ok(own), Ok(other)) if own == other
            )
    }
}

impl fmt::Debug for Metadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.raw_json())
    }
}

impl Serialize for Metadata {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            None => Map::new().serialize(serializer),
            Some(json) if serializer.is_human_readable() => json.serialize(serializer),
            // A binary format has no place for JSON text.
            Some(_) => {
                let value: Value = self.read().map_err(ser::Error::custom)?;
                value.serialize(serializer)
            }
        }
    }
}

impl Encode for Metadata {}

impl Decode for Metadata {
    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Box::<RawValue>::deserialize(RawDeserializer(deserializer)).map(Self::from_raw)
    }
}

impl<'de> Deserialize<'de> for Metadata {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::decode(deserializer)
    }
}

/// Deserializes a [`RawValue`] from any format. By itself, it can only be deserialized by `serde_json`, and not in types
/// with the attributes `flatten` or `untagged`.
struct RawDeserializer<D>(D);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for RawDeserializer<D> {
    type Error = D::Error;

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0
            .deserialize_newtype_struct(name, RawVisitor { name, visitor })
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_any(visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct seq
        tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// The visitor of a [`RawValue`].
struct RawVisitor<V> {
    name: &'static str,
    visitor: V,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for RawVisitor<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    /// `serde_json` passes the text.
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_map(map)
    }

    /// Other formats pass the value.
    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<V::Value, D::Error> {
        let value = Value::deserialize(deserializer)?;
        value
            .deserialize_newtype_struct(self.name, self.visitor)
            .map_err(D::Error::custom)
    }
}
