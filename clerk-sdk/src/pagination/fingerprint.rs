//! Fingerprints of items, by which the loop guard recognizes an item in another response.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::de::{Deserialize, Deserializer, MapAccess};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::wire::{List, Object, decode_body, decode_field, decode_object, raw_items};

/// The fingerprints of the items of a page: one hash for each, however large the items are.
pub(super) type Fingerprints = HashSet<u64>;

/// The fingerprints of ids; an empty id has none.
pub(super) fn of_ids<'i>(ids: impl IntoIterator<Item = &'i str>) -> Fingerprints {
    let ids = ids.into_iter().filter(|id| !id.is_empty());
    ids.map(hash).collect()
}

/// The fingerprints of the items in a response body. An item is recognized by its id, as its other fields may
/// change between two responses, and by its whole content if it has no id.
pub(super) fn of_body(body: &[u8]) -> Fingerprints {
    let items = decode_body::<List<ItemId>>(body).unwrap_or_default();
    if !items.is_empty() && items.iter().all(|item| is_id(&item.id)) {
        return items.iter().map(|item| hash(&item.id)).collect();
    }
    let Ok(items) = decode_body::<List<Value>>(body) else {
        return Fingerprints::from([hash(body)]);
    };
    let fingerprint = |item: &Value| match item.get("id") {
        Some(id) if is_id(id) => hash(id),
        _ => hash(item),
    };
    items.iter().map(fingerprint).collect()
}

/// The id of each item in a response body, empty if it has none that is a string; no ids if there is no list.
pub(super) fn ids_of_body(body: &[u8]) -> Vec<String> {
    let items = raw_items(body).unwrap_or_default();
    let id = |item: &RawValue| match serde_json::from_str(item.get()).ok()? {
        ItemId {
            id: Value::String(id),
        } => Some(id),
        _ => None,
    };
    items
        .iter()
        .map(|item| id(item).unwrap_or_default())
        .collect()
}

/// An item of which only the id is decoded, which takes a fraction of the time that the whole item would.
#[derive(Default)]
struct ItemId {
    id: Value,
}

impl Object for ItemId {
    fn decode_member<'de, M: MapAccess<'de>>(
        &mut self,
        key: &str,
        map: &mut M,
    ) -> Result<bool, M::Error> {
        match key {
            "id" => decode_field(&mut self.id, map),
            _ => Ok(false),
        }
    }
}

impl<'de> Deserialize<'de> for ItemId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        decode_object(deserializer)
    }
}

fn is_id(id: &Value) -> bool {
    !id.is_null() && id != ""
}

fn hash<K: Hash + ?Sized>(key: &K) -> u64 {
    // Unlike `RandomState`, `DefaultHasher::new` always gives the same hash: fingerprints of different responses are
    // compared.
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}
