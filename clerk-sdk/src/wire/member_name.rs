//! The names of an object's members, borrowed from the body unless they have escapes.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, Unexpected, Visitor};

/// The only member of the map as which `serde_json` passes a number if its feature `arbitrary_precision` is enabled.
const NUMBER: &str = "$serde_json::private::Number";

/// The seed of a member's name.
pub(super) struct MemberName;

impl<'de> DeserializeSeed<'de> for MemberName {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for MemberName {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        reject_number(name)?;
        Ok(Cow::Owned(name.to_owned()))
    }

    fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Self::Value, E> {
        reject_number(name)?;
        Ok(Cow::Borrowed(name))
    }
}

/// Rejects a number in the place of an object.
fn reject_number<E: Error>(name: &str) -> Result<(), E> {
    match name == NUMBER {
        true => Err(E::invalid_type(Unexpected::Other("a number"), &"an object")),
        false => Ok(()),
    }
}
