//! Checkpoints: what an instance was before a change that may fail halfway.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::ids::IdGenerator;
use super::instance::Instance;
use super::options::InstanceOptions;

/// The settings and options of an instance at a time. Its records, of which there may be many, undo their changes
/// themselves. Its events and keys are not part of it.
#[derive(Debug)]
pub(crate) struct Checkpoint {
    options: InstanceOptions,
    ids: IdGenerator,
    settings: BTreeMap<&'static str, Map<String, Value>>,
}

impl Instance {
    /// Returns a checkpoint, to which [`restore`](Self::restore) returns the instance. There is one at a time: changes of
    /// records are recorded until it is restored or [dropped](Self::drop_checkpoint).
    pub(crate) fn checkpoint(&mut self) -> Checkpoint {
        for collection in self.collections.values_mut() {
            collection.record_changes();
        }
        Checkpoint {
            options: self.options.clone(),
            ids: self.ids.clone(),
            settings: self.settings.clone(),
        }
    }

    /// Returns to the checkpoint.
    pub(crate) fn restore(&mut self, checkpoint: Checkpoint) {
        self.options = checkpoint.options;
        self.ids = checkpoint.ids;
        self.settings = checkpoint.settings;
        // Collections without recorded changes have been created since.
        self.collections.retain(|_, it| it.undo_changes());
        self.chosen_id = None;
    }

    /// Keeps the changes since the checkpoint.
    pub(crate) fn drop_checkpoint(&mut self) {
        for collection in self.collections.values_mut() {
            collection.keep_changes();
        }
    }
}
