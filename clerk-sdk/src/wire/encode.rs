//! Writing: what a field puts into a JSON object, and when it puts nothing.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::ser::SerializeMap;
use serde_json::{Map, Value};

/// A value that knows whether it is there at all.
pub(crate) trait Put: Serialize {
    /// Whether the field is left out.
    fn is_absent(&self) -> bool {
        false
    }
}

impl Put for String {}
impl Put for bool {}
impl Put for i64 {}
impl Put for f64 {}
impl Put for Value {}
impl Put for Map<String, Value> {}
impl<T: Serialize> Put for Vec<T> {}
impl<T: Put> Put for Box<T> {}
impl<T: Serialize> Put for BTreeMap<String, T> {}

impl<T: Serialize> Put for Option<T> {
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

/// Writes a field unless it is absent.
pub(crate) fn put<M: SerializeMap, T: Put>(
    map: &mut M,
    name: &'static str,
    value: &T,
) -> Result<(), M::Error> {
    if value.is_absent() {
        return Ok(());
    }
    map.serialize_entry(name, value)
}

/// Writes a field that is always sent: null where there is no value.
pub(crate) fn put_null<M: SerializeMap, T: Put>(
    map: &mut M,
    name: &'static str,
    value: &T,
) -> Result<(), M::Error> {
    map.serialize_entry(name, value)
}
