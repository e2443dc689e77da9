//! Conversion of metadata to and from your own types.
//!
//! Metadata is any JSON object, a [`serde_json::Map`]. These functions convert it into your own type and back.
//!
//! ```
//! use std::collections::BTreeMap;
//!
//! use clerk_sdk::{metadata, user};
//! # use serde_json::Map;
//!
//! // Any type that implements serde's traits works; this one is a map of counters.
//! let mut counters: BTreeMap<String, u32> = metadata::from_map(&Map::new())?;
//! counters.insert("logins".into(), 3);
//! let params = user::UpdateMetadataParams::new().public_metadata(metadata::to_map(&counters)?);
//! # Ok::<(), serde_json::Error>(())
//! ```

use serde::Serialize;
use serde::de::{DeserializeOwned, Error};
use serde_json::{Map, Value};

/// Deserializes metadata into `T`.
///
/// # Errors
///
/// Returns an error if the metadata does not deserialize into `T`.
pub fn from_map<T: DeserializeOwned>(metadata: &Map<String, Value>) -> serde_json::Result<T> {
    serde_json::from_value(Value::Object(metadata.clone()))
}

/// Serializes your own value into metadata.
///
/// A field that is an `Option` becomes null if it is `None`, and an update removes the members that are null: to leave
/// them unchanged, add `#[serde(skip_serializing_if = "Option::is_none")]`.
///
/// # Errors
///
/// Returns an error if the value does not serialize to a JSON object.
pub fn to_map<T: Serialize>(value: &T) -> serde_json::Result<Map<String, Value>> {
    match serde_json::to_value(value)? {
        Value::Object(map) => Ok(map),
        _ => Err(serde_json::Error::custom("metadata must be a JSON object")),
    }
}
