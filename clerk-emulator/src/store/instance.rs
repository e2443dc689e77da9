//! The state of one instance: everything that a secret key gives access to.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::clock::Clock;
use super::collection::Collection;
use super::event::EventLog;
use super::ids::IdGenerator;
use super::kind::Kind;
use super::options::InstanceOptions;
use super::record::Record;
use crate::http::response::ErrorResponse;
use crate::tokens::key_ring::KeyRing;
use crate::tokens::signing_key::SigningKey;

/// The URL of the Frontend API, which issues the tokens. The emulator does not serve it.
pub(crate) const FRONTEND_URL: &str = "https://clerk.emulator.test";

/// Everything that a secret key gives access to.
pub(crate) struct Instance {
    pub(crate) id: String,
    pub(crate) options: InstanceOptions,
    pub(crate) clock: Arc<Clock>,
    pub(crate) ids: IdGenerator,
    /// The settings of the instance, by the name of their object.
    pub(crate) settings: BTreeMap<&'static str, Map<String, Value>>,
    /// What was announced to webhook endpoints, in order.
    pub(crate) events: EventLog,
    /// The keys that sign tokens.
    pub(crate) keys: KeyRing,
    /// The id of the next new record of a kind, which has this name, instead of a generated one.
    pub(crate) chosen_id: Option<(&'static str, String)>,
    pub(super) collections: BTreeMap<&'static str, Collection>,
}

impl Instance {
    pub(crate) fn new(clock: Arc<Clock>, seed: u64) -> Self {
        let mut ids = IdGenerator::new(seed);
        let id = ids.id("ins", clock.now());
        Self {
            keys: KeyRing::new(&id),
            id,
            options: InstanceOptions::default(),
            clock,
            ids,
            settings: BTreeMap::new(),
            events: EventLog::default(),
            chosen_id: None,
            collections: BTreeMap::new(),
        }
    }

    /// Removes all records, settings and events.
    pub(crate) fn clear(&mut self) {
        self.collections.clear();
        self.settings.clear();
        self.events.replace([]);
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.now()
    }

    /// Returns the key that signs tokens.
    pub(crate) fn signing_key(&self) -> &SigningKey {
        self.keys.current()
    }

    /// Returns the records of a kind.
    pub(crate) fn all(&self, kind: &Kind) -> &Collection {
        static EMPTY: std::sync::LazyLock<Collection> =
            std::sync::LazyLock::new(Collection::default);
        self.collections.get(kind.name).unwrap_or(&EMPTY)
    }

    pub(crate) fn all_mut(&mut self, kind: &Kind) -> &mut Collection {
        let collection = self.collections.entry(kind.name);
        collection.or_insert_with(|| Collection::new(kind.indexed.iter().copied()))
    }

    /// Returns whether there is a record with an id of the kind with this name.
    #[cfg(feature = "seeds")]
    pub(crate) fn has(&self, kind: &str, id: &str) -> bool {
        let collection = self.collections.get(kind);
        collection.is_some_and(|it| it.get(id).is_some())
    }

    /// Returns the record with an id.
    pub(crate) fn find(&self, kind: &Kind, id: &str) -> Result<&Record, ErrorResponse> {
        let record = self.all(kind).get(id);
        record.ok_or_else(|| ErrorResponse::not_found(&kind.title(), id))
    }

    /// Creates a record with a new id.
    pub(crate) fn new_record(&mut self, kind: &Kind) -> Record {
        let now = self.now();
        let chosen = self.chosen_id.take_if(|(name, _)| *name == kind.name);
        if let Some((_, id)) = chosen {
            return Record::new(id, now);
        }
        let id = match kind.has_hex_ids {
            true => self.ids.hex_id(kind.prefix),
            false => self.ids.id(kind.prefix, now),
        };
        Record::new(id, now)
    }

    /// Removes the records whose indexed member has this value, and returns them.
    pub(crate) fn remove_with(&mut self, kind: &Kind, member: &str, value: &str) -> Vec<Record> {
        let ids = self.all(kind).ids_with(member, value);
        let collection = self.all_mut(kind);
        let removed = ids.iter().filter_map(|id| collection.remove(id));
        removed.collect()
    }

    /// Changes a record, and its time of change.
    pub(crate) fn change<T>(
        &mut self,
        kind: &Kind,
        id: &str,
        change: impl FnOnce(&mut Record) -> T,
    ) -> Result<T, ErrorResponse> {
        let now = self.now();
        let changed = self.all_mut(kind).update(id, |record| {
            record.updated_at = now;
            change(record)
        });
        changed.ok_or_else(|| ErrorResponse::not_found(&kind.title(), id))
    }
}
