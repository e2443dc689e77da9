//! The audience of a token (`aud`).

use serde::de::{Deserialize, Deserializer, Error};
use serde_json::Value;

/// One string, or an array of strings.
pub(crate) struct Audience(pub(crate) Vec<String>);

impl<'de> Deserialize<'de> for Audience {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let invalid = || D::Error::custom("an audience is a string or an array of strings");
        match Value::deserialize(deserializer)? {
            Value::String(one) => Ok(Self(vec![one])),
            Value::Array(items) => {
                let strings = items.into_iter().map(|item| match item {
                    Value::String(string) => Ok(string),
                    _ => Err(invalid()),
                });
                Ok(Self(strings.collect::<Result<_, _>>()?))
            }
            _ => Err(invalid()),
        }
    }
}
