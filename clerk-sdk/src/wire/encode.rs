//! Encoding: how a field is written into a JSON object, and when it is left out.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;
use serde::ser::SerializeMap;
use serde_json::{Map, Value};

/// A value of a request, which may be left out of its object.
pub(crate) trait Encode: Serialize {
    /// Whether the field is left out.
    fn is_absent(&self) -> bool {
        false
    }
}

impl Encode for String {}
impl Encode for Cow<'static, str> {}
impl Encode for bool {}
impl Encode for i64 {}
impl Encode for f64 {}
impl Encode for Value {}
impl Encode for Map<String, Value> {}
impl<T: Serialize> Encode for Vec<T> {}
impl<T: Encode> Encode for Box<T> {}
impl<T: Serialize> Encode for BTreeMap<String, T> {}

impl<T: Serialize> Encode for Option<T> {
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

/// Writes a member, unless its value is absent.
pub(crate) fn write_member<M: SerializeMap, T: Encode>(
    map: &mut M,
    name: &'static str,
    value: &T,
) -> Result<(), M::Error> {
    if value.is_absent() {
        return Ok(());
    }
    map.serialize_entry(name, value)
}

/// Writes a member that is always sent, as null if it has no value.
pub(crate) fn write_nullable_member<M: SerializeMap, T: Encode>(
    map: &mut M,
    name: &'static str,
    value: &T,
) -> Result<(), M::Error> {
    map.serialize_entry(name, value)
}
