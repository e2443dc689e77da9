//! The instances by secret key: adding one, and changing several together.

use std::collections::HashMap;
use std::sync::Arc;

use crate::rules;
#[cfg(feature = "seeds")]
use crate::store::checkpoint::Checkpoint;
use crate::store::clock::Clock;
use crate::store::instance::Instance;
use crate::store::options::InstanceOptions;

pub(super) type Instances = HashMap<String, Instance>;

/// The checkpoints of instances by secret key; nothing for an instance that is new.
#[cfg(feature = "seeds")]
type Checkpoints = HashMap<String, Option<Checkpoint>>;

/// Adds an instance with its own state. Returns whether the key is new; if not, its instance stays as it is.
pub(super) fn add(
    instances: &mut Instances,
    clock: &Arc<Clock>,
    secret_key: &str,
    options: InstanceOptions,
) -> bool {
    if instances.contains_key(secret_key) {
        return false;
    }
    let seed = instances.len() as u64 + 1;
    let mut instance = Instance::new(Arc::clone(clock), seed);
    instance.options = options;
    rules::seed(&mut instance);
    instances.insert(secret_key.to_owned(), instance);
    true
}

/// Makes a change to each instance of a list, which is added if it is new. If one change fails, none is made.
#[cfg(feature = "seeds")]
pub(super) fn change_together<C, E>(
    instances: &mut Instances,
    clock: &Arc<Clock>,
    changes: impl IntoIterator<Item = (String, C)>,
    mut change: impl FnMut(&mut Instance, C) -> Result<(), E>,
) -> Result<(), E> {
    let mut before = Checkpoints::new();
    for (key, content) in changes {
        // A key may occur twice.
        if !before.contains_key(&key) {
            let checkpoint = instances.get_mut(&key).map(Instance::checkpoint);
            before.insert(key.clone(), checkpoint);
        }
        add(instances, clock, &key, InstanceOptions::default());
        let changed = instances.get_mut(&key).map(|it| change(it, content));
        if let Some(Err(error)) = changed {
            restore(instances, before);
            return Err(error);
        }
    }
    for key in before.keys() {
        instances.get_mut(key).map(Instance::drop_checkpoint);
    }
    Ok(())
}

/// Returns instances to their checkpoints. Those without one are removed.
#[cfg(feature = "seeds")]
fn restore(instances: &mut Instances, before: Checkpoints) {
    for (key, checkpoint) in before {
        match (checkpoint, instances.get_mut(&key)) {
            (Some(checkpoint), Some(instance)) => instance.restore(checkpoint),
            _ => drop(instances.remove(&key)),
        }
    }
}
