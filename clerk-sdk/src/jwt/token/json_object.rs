//! Reads a JSON object into a struct with `serde_json`, rejecting repeated members.
//!
//! `serde` itself takes the last of several members with the same name in a map; for tokens that is dangerous, as
//! another reader of the same token may take the first.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor,
};
use serde_json::{Map, Value};

use crate::jwt::token_error::TokenError;

/// The struct that the members of an object are read into.
pub(crate) trait JsonObject<'de>: Default {
    /// Reads the value of the member `name`.
    fn read_member<A: MapAccess<'de>>(
        &mut self,
        name: Cow<'de, str>,
        value: &mut MemberValue<'_, A>,
    ) -> Result<(), A::Error>;
}

/// The value of a claim: the outer `Option` tells whether the claim is present, the inner one whether it is other
/// than `null`.
pub(crate) type Claim<T> = Option<Option<T>>;

/// The reason why an object cannot be read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ObjectError {
    /// It is not a JSON object, or repeats a member.
    Malformed,
    /// The value of this claim has the wrong type.
    InvalidClaim(&'static str),
}

impl From<ObjectError> for TokenError {
    fn from(error: ObjectError) -> Self {
        match error {
            ObjectError::Malformed => Self::malformed("its claims cannot be decoded"),
            ObjectError::InvalidClaim(claim) => Self::invalid_claim(claim),
        }
    }
}

/// The value of a member, which has to be read once.
pub(crate) struct MemberValue<'m, A> {
    map: &'m mut A,
    claim: &'m mut Option<&'static str>,
}

impl<'de, A: MapAccess<'de>> MemberValue<'_, A> {
    /// Reads the value into `slot`, which must be empty.
    pub(crate) fn read<T: Deserialize<'de>>(
        &mut self,
        slot: &mut Option<T>,
    ) -> Result<(), A::Error> {
        let value = self.map.next_value()?;
        match slot.replace(value) {
            None => Ok(()),
            Some(_) => Err(repeated_member()),
        }
    }

    /// Like [`read`](Self::read), but the error for a value of the wrong type names `claim`. A `null` counts as a
    /// value, so it must not be repeated.
    pub(crate) fn read_claim<T: Deserialize<'de>>(
        &mut self,
        claim: &'static str,
        slot: &mut Claim<T>,
    ) -> Result<(), A::Error> {
        *self.claim = Some(claim);
        let value = self.map.next_value()?;
        *self.claim = None;
        match slot.replace(value) {
            None => Ok(()),
            Some(_) => Err(repeated_member()),
        }
    }

    /// Reads the value into `map`, which must not contain `name` yet.
    pub(crate) fn insert(
        &mut self,
        name: Cow<'de, str>,
        map: &mut Map<String, Value>,
    ) -> Result<(), A::Error> {
        let value = self.map.next_value()?;
        match map.insert(name.into_owned(), value) {
            None => Ok(()),
            Some(_) => Err(repeated_member()),
        }
    }

    /// Skips the value, which must be valid JSON nevertheless.
    pub(crate) fn skip(&mut self) -> Result<(), A::Error> {
        self.map.next_value::<IgnoredAny>().map(|_| ())
    }
}

pub(crate) fn repeated_member<E: Error>() -> E {
    E::custom("a member is repeated")
}

/// Parses JSON that consists of one object.
pub(crate) fn parse_object<'de, T: JsonObject<'de>>(json: &'de [u8]) -> Result<T, ObjectError> {
    // The parser does not validate the encoding of values that are skipped.
    let json = str::from_utf8(json).map_err(|_| ObjectError::Malformed)?;
    let mut claim = None;
    let seed = ObjectSeed {
        claim: &mut claim,
        object: PhantomData,
    };
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let object = seed.deserialize(&mut deserializer);
    let object = object.and_then(|object| deserializer.end().map(|()| object));
    object.map_err(|error| match claim {
        Some(claim) if error.is_data() => ObjectError::InvalidClaim(claim),
        _ => ObjectError::Malformed,
    })
}

struct ObjectSeed<'c, T> {
    /// The claim whose value is being read.
    claim: &'c mut Option<&'static str>,
    object: PhantomData<T>,
}

impl<'de, T: JsonObject<'de>> DeserializeSeed<'de> for ObjectSeed<'_, T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: JsonObject<'de>> Visitor<'de> for ObjectSeed<'_, T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let mut object = T::default();
        while let Some(BorrowedStr(name)) = map.next_key()? {
            let mut value = MemberValue {
                map: &mut map,
                claim: self.claim,
            };
            object.read_member(name, &mut value)?;
        }
        Ok(object)
    }
}

/// A string that borrows from the JSON unless it contains escapes.
pub(crate) struct BorrowedStr<'de>(pub(crate) Cow<'de, str>);

impl<'de> Deserialize<'de> for BorrowedStr<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct StrVisitor;

        impl<'de> Visitor<'de> for StrVisitor {
            type Value = BorrowedStr<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E: Error>(self, string: &'de str) -> Result<Self::Value, E> {
                Ok(BorrowedStr(Cow::Borrowed(string)))
            }

            fn visit_str<E: Error>(self, string: &str) -> Result<Self::Value, E> {
                Ok(BorrowedStr(Cow::Owned(string.to_owned())))
            }
        }

        deserializer.deserialize_str(StrVisitor)
    }
}
