//! Decoding: the trait of everything that a response can contain.
//!
//! A null decodes to the default. Only a value of another JSON type is an error.

use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer};

/// A value that a response can contain.
///
/// Unlike serde's `Deserialize`, it tolerates what the API may change without notice: null decodes to the default,
/// and unknown members are skipped. Its errors have a path.
pub(crate) trait Decode: Sized {
    /// Decodes the value; null decodes to the default.
    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

/// Adapts a [`Decode`] type to `DeserializeSeed`.
pub(crate) struct DecodeSeed<T>(PhantomData<T>);

impl<T> DecodeSeed<T> {
    pub(crate) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T> Clone for DecodeSeed<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for DecodeSeed<T> {}

impl<'de, T: Decode> DeserializeSeed<'de> for DecodeSeed<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::decode(deserializer)
    }
}
