//! What the items of a page are told apart by, from one answer to the next.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::de::{Deserializer, MapAccess};
use serde_json::Value;

use crate::List;
use crate::wire::{Decode, Object, decode_field, decode_object};

/// One for each item, of the same size however large the items are.
pub(super) type Keys = HashSet<u64>;

/// The keys of ids; an item without one has none.
pub(super) fn of_ids<'i>(ids: impl IntoIterator<Item = &'i str>) -> Keys {
    let ids = ids.into_iter().filter(|id| !id.is_empty());
    ids.map(digest).collect()
}

/// The keys of the items in an answer: of their ids, as all else of an item may change from copy to copy; of
/// all that it holds where it has none.
pub(super) fn of_body(body: &[u8]) -> Keys {
    let named = List::<Named>::from_body(body).unwrap_or_default();
    if !named.is_empty() && named.iter().all(|item| is_id(&item.id)) {
        return named.iter().map(|item| digest(&item.id)).collect();
    }
    let Ok(items) = List::<Value>::from_body(body) else {
        return Keys::from([digest(body)]);
    };
    let key = |item: &Value| match item.get("id") {
        Some(id) if is_id(id) => digest(id),
        _ => digest(item),
    };
    items.iter().map(key).collect()
}

/// An item of which only the id is read, which takes a fraction of the time that all of it would.
#[derive(Default)]
struct Named {
    id: Value,
}

impl Object for Named {
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

impl Decode for Named {
    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        decode_object(deserializer)
    }
}

fn is_id(id: &Value) -> bool {
    !id.is_null() && id != ""
}

fn digest<K: Hash + ?Sized>(key: &K) -> u64 {
    // The same in all of a process: keys of different answers are compared.
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}
