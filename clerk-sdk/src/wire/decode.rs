//! Decoding: the trait of everything that a response can contain, and the entry point for response bodies.
//!
//! A null decodes to the default. Only a value of another JSON type is an error.

use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny};

use super::json_path::with_path;
use super::memory_limit::with_memory_limit;

/// A value that a response can contain.
///
/// Unlike serde's `Deserialize`, it tolerates what the API may change without notice: null decodes to the default,
/// and unknown members are skipped. Its errors have a path.
pub(crate) trait Decode: Sized {
    /// Decodes the value; null decodes to the default.
    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;

    /// Decodes a response body; the error has the path of the value at fault, as in `$.data[2].email`.
    fn from_body(body: &[u8]) -> Result<Self, (String, serde_json::Error)> {
        // Checking the whole body for UTF-8 at once is much faster than checking each string.
        with_path(|| {
            with_memory_limit(body.len(), || match std::str::from_utf8(body) {
                Ok(json) => decode_whole(serde_json::Deserializer::from_str(json)),
                Err(_) => decode_whole(serde_json::Deserializer::from_slice(body)),
            })
        })
    }
}

fn decode_whole<'de, R: serde_json::de::Read<'de>, T: Decode>(
    mut deserializer: serde_json::Deserializer<R>,
) -> serde_json::Result<T> {
    let value = T::decode(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}

/// For operations that respond without a value: the response keeps the body, whatever it is.
impl Decode for () {
    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_ignored_any(IgnoredAny).map(|_| ())
    }

    fn from_body(_: &[u8]) -> Result<Self, (String, serde_json::Error)> {
        Ok(())
    }
}

/// Adapts a [`Decode`] type to `DeserializeSeed`.
pub(crate) struct DecodeSeed<T>(PhantomData<T>);

impl<T> DecodeSeed<T> {
    pub(crate) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<'de, T: Decode> DeserializeSeed<'de> for DecodeSeed<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::decode(deserializer)
    }
}
