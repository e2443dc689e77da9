//! The instances by secret key: adding one, and changing several together.

use std::collections::HashMap;
use std::sync::Arc;

use crate::rules;
use crate::store::clock::Clock;
use crate::store::instance::Instance;
use crate::store::options::InstanceOptions;

pub(super) type Instances = HashMap<String, Instance>;

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
    let mut before = Vec::new();
    for (key, content) in changes {
        let checkpoint = instances.get(&key).map(Instance::checkpoint);
        add(instances, clock, &key, InstanceOptions::default());
        let changed = instances.get_mut(&key).map(|it| change(it, content));
        before.push((key, checkpoint));
        if let Some(Err(error)) = changed {
            restore(instances, before);
            return Err(error);
        }
    }
    Ok(())
}

/// Returns instances to their checkpoints. Those without one are removed.
#[cfg(feature = "seeds")]
fn restore(
    instances: &mut Instances,
    before: Vec<(String, Option<crate::store::checkpoint::Checkpoint>)>,
) {
    // The last change is undone first, because a key may occur twice.
    for (key, checkpoint) in before.into_iter().rev() {
        match (checkpoint, instances.get_mut(&key)) {
            (Some(checkpoint), Some(instance)) => instance.restore(checkpoint),
            _ => drop(instances.remove(&key)),
        }
    }
}
