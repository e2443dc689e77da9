//! The claim `o` before the version of its token is known: it may be the active organization in its compact form
//! (version 2), or a custom claim of any type (version 1).

use std::borrow::Cow;
use std::fmt;

use serde::de::value::SeqAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::jwt::token::BorrowedStr;

pub(super) enum UndecodedOrganization<'t> {
    /// The members in their order. Repeated ones are kept, as they are an error in version 2.
    Object(Vec<(Cow<'t, str>, Value)>),
    Other(Value),
}

impl UndecodedOrganization<'_> {
    /// Returns the JSON value. Of members with the same name, the last one wins.
    pub(super) fn into_value(self) -> Value {
        match self {
            Self::Object(members) => {
                let members = members.into_iter();
                Value::Object(
                    members
                        .map(|(name, value)| (name.into_owned(), value))
                        .collect(),
                )
            }
            Self::Other(value) => value,
        }
    }
}

impl<'de> Deserialize<'de> for UndecodedOrganization<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ClaimVisitor)
    }
}

struct ClaimVisitor;

impl<'de> Visitor<'de> for ClaimVisitor {
    type Value = UndecodedOrganization<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some((BorrowedStr(name), value)) = map.next_entry()? {
            members.push((name, value));
        }
        Ok(UndecodedOrganization::Object(members))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        let value = Value::deserialize(SeqAccessDeserializer::new(seq))?;
        Ok(UndecodedOrganization::Other(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
        Ok(UndecodedOrganization::Other(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        Ok(UndecodedOrganization::Other(value.into()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(UndecodedOrganization::Other(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        Ok(UndecodedOrganization::Other(value.into()))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(UndecodedOrganization::Other(value.into()))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(UndecodedOrganization::Other(Value::Null))
    }
}
