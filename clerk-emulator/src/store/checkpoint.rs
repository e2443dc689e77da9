//! Checkpoints: what an instance was before a change that may fail halfway.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::collection::Collection;
use super::ids::IdGenerator;
use super::instance::Instance;
use super::options::InstanceOptions;

/// The records, settings and options of an instance at a time. Its events and keys are not part of it.
#[derive(Debug)]
pub(crate) struct Checkpoint {
    options: InstanceOptions,
    ids: IdGenerator,
    settings: BTreeMap<&'static str, Map<String, Value>>,
    collections: BTreeMap<&'static str, Arc<Collection>>,
}

impl Instance {
    /// Returns a checkpoint, to which [`restore`](Self::restore) returns the instance.
    pub(crate) fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            options: self.options.clone(),
            ids: self.ids.clone(),
            settings: self.settings.clone(),
            collections: self.collections.clone(),
        }
    }

    /// Returns to a checkpoint.
    pub(crate) fn restore(&mut self, checkpoint: Checkpoint) {
        self.options = checkpoint.options;
        self.ids = checkpoint.ids;
        self.settings = checkpoint.settings;
        self.collections = checkpoint.collections;
        self.chosen_id = None;
    }
}
