//! Metadata as your own type.
//!
//! Metadata is any JSON object, a [`serde_json::Map`]. These two turn it into a type of yours and back.
//!
//! ```
//! use clerk_sdk::{metadata, user};
//! # use serde_json::Map;
//!
//! // Any type of serde's does: here, a map of counters.
//! use std::collections::BTreeMap;
//! let mut counters: BTreeMap<String, u32> = metadata::read(&Map::new())?;
//! counters.insert("logins".into(), 3);
//! let params = user::UpdateMetadataParams::new().public_metadata(metadata::write(&counters)?);
//! # Ok::<(), serde_json::Error>(())
//! ```

use serde::Serialize;
use serde::de::{DeserializeOwned, Error};
use serde_json::{Map, Value};

/// Reads metadata as `T`.
///
/// # Errors
///
/// Where the metadata does not fit `T`.
pub fn read<T: DeserializeOwned>(metadata: &Map<String, Value>) -> serde_json::Result<T> {
    serde_json::from_value(Value::Object(metadata.clone()))
}

/// Writes a value of your own as metadata.
///
/// # Errors
///
/// Where the value does not become a JSON object.
pub fn write<T: Serialize>(value: &T) -> serde_json::Result<Map<String, Value>> {
    match serde_json::to_value(value)? {
        Value::Object(map) => Ok(map),
        _ => Err(serde_json::Error::custom("metadata is a JSON object")),
    }
}
