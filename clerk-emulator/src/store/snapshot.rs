//! Snapshots: the whole state of an instance as JSON, without loss.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::collection::Collection;
use super::event::Event;
use super::ids::IdGenerator;
use super::instance::Instance;
use super::names::intern;
use super::record::Record;
use crate::tokens::key_ring::KeyRing;

/// The version of the format.
const VERSION: u64 = 1;

impl Instance {
    /// Returns the whole state, except the clock, which all instances share.
    pub(crate) fn to_snapshot(&self) -> Value {
        let collections = self.collections.iter();
        let collections = collections.map(|(kind, it)| ((*kind).to_owned(), dump(it)));
        let (seed, number) = self.ids.state();
        json!({
            "version": VERSION,
            "id": self.id,
            "options": self.options.to_json(),
            "id_generator": { "seed": seed, "number": number },
            "signing_keys": self.keys.to_json(),
            "settings": self.settings,
            "events": self.events.iter().map(dump_event).collect::<Value>(),
            "collections": collections.collect::<Map<_, _>>(),
        })
    }

    /// Replaces the whole state. If the snapshot is invalid, the state stays as it is.
    pub(crate) fn load_snapshot(&mut self, snapshot: &Value) -> Result<(), String> {
        if snapshot["version"] != VERSION {
            return Err(format!("the version of the snapshot is not {VERSION}"));
        }
        let mut loaded = Self::new(Arc::clone(&self.clock), 0);
        loaded.id = text(snapshot, "id")?;
        loaded.options = loaded.options.with_json(&snapshot["options"])?;
        let ids = &snapshot["id_generator"];
        let number = u32::try_from(number(ids, "number")?);
        let number = number.map_err(|_| "the number of ids is too large")?;
        loaded.ids = IdGenerator::from_state(self::number(ids, "seed")?, number);
        let keys = KeyRing::from_json(&snapshot["signing_keys"]);
        loaded.keys = keys.ok_or("\"signing_keys\" is invalid")?;
        for (name, settings) in object(snapshot, "settings")? {
            let settings = settings.as_object().ok_or("\"settings\" is invalid")?;
            loaded.settings.insert(known(name)?, settings.clone());
        }
        let mut collections = BTreeMap::new();
        for (name, collection) in object(snapshot, "collections")? {
            let collection = load(collection).map_err(|error| format!("{name:?}: {error}"))?;
            collections.insert(known(name)?, collection);
        }
        loaded.collections = collections;
        let events = list(snapshot, "events")?.iter().map(load_event);
        let events = events.collect::<Result<Vec<_>, _>>()?;
        loaded.events = std::mem::take(&mut self.events);
        loaded.events.replace(events);
        *self = loaded;
        Ok(())
    }
}

fn dump(collection: &Collection) -> Value {
    let records = collection.in_order_of_addition().map(|record| {
        let members = record.members().map(|(name, value)| (name, value.clone()));
        json!({
            "id": record.id,
            "created_at": record.created_at,
            "updated_at": record.updated_at,
            "members": members.map(|(name, it)| (name.to_owned(), it)).collect::<Map<_, _>>(),
        })
    });
    json!({
        "indexed": collection.indexed().collect::<Value>(),
        "records": records.collect::<Value>(),
    })
}

fn load(json: &Value) -> Result<Collection, String> {
    let indexed = list(json, "indexed")?.iter();
    let indexed = indexed.map(|it| known(it.as_str().unwrap_or_default()));
    let mut collection = Collection::new(indexed.collect::<Result<Vec<_>, _>>()?);
    for item in list(json, "records")? {
        let mut record = Record::new(text(item, "id")?, integer(item, "created_at")?);
        record.updated_at = integer(item, "updated_at")?;
        for (name, value) in object(item, "members")? {
            record.set(known(name)?, value.clone());
        }
        collection.insert(record);
    }
    collection.mark_restored();
    Ok(collection)
}

fn dump_event(event: Event) -> Value {
    json!({
        "message_id": event.message_id,
        "kind": event.kind,
        "timestamp": event.timestamp,
        "body": event.body,
    })
}

fn load_event(json: &Value) -> Result<Event, String> {
    Ok(Event {
        message_id: text(json, "message_id")?,
        kind: known(&text(json, "kind")?)?,
        timestamp: integer(json, "timestamp")?,
        body: json["body"].clone(),
    })
}

fn known(name: &str) -> Result<&'static str, String> {
    intern(name).ok_or_else(|| "the snapshot has too many names".to_owned())
}

fn text(json: &Value, name: &str) -> Result<String, String> {
    let value = json[name].as_str().map(str::to_owned);
    value.ok_or_else(|| format!("{name:?} must be a string"))
}

fn integer(json: &Value, name: &str) -> Result<i64, String> {
    let value = json[name].as_i64();
    value.ok_or_else(|| format!("{name:?} must be an integer"))
}

fn number(json: &Value, name: &str) -> Result<u64, String> {
    let value = json[name].as_u64();
    value.ok_or_else(|| format!("{name:?} must be a positive integer"))
}

fn list<'v>(json: &'v Value, name: &str) -> Result<&'v Vec<Value>, String> {
    let value = json[name].as_array();
    value.ok_or_else(|| format!("{name:?} must be a list"))
}

fn object<'v>(json: &'v Value, name: &str) -> Result<&'v Map<String, Value>, String> {
    let value = json[name].as_object();
    value.ok_or_else(|| format!("{name:?} must be an object"))
}
