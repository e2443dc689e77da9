//! The queues of a limit: one for each route, key and, if the route has a limit for each path, path.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::Instant;

use super::queue::Queue;
use crate::rate_limit::cooldown::BlockedRoute;

/// How many queues there may be before those that are not needed any more are removed.
const MIN_PRUNE_ABOVE: usize = 1024;

#[derive(Default)]
pub(super) struct Registry(Mutex<State>);

#[derive(Default)]
struct State {
    queues: HashMap<QueueId, Arc<Queue>>,
    prune_above: usize,
}

#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(super) struct QueueId {
    pub(super) route: BlockedRoute,
    pub(super) is_low_priority: bool,
}

impl Registry {
    /// Returns the queue with this id, which `create` creates if there is none.
    pub(super) fn queue(&self, id: QueueId, create: impl FnOnce() -> Queue) -> Arc<Queue> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.queues.len() > state.prune_above.max(MIN_PRUNE_ABOVE) {
            let now = Instant::now();
            state
                .queues
                .retain(|_, queue| Arc::strong_count(queue) > 1 || !queue.is_unused(now));
            state.prune_above = 2 * state.queues.len();
        }
        let queue = state.queues.entry(id);
        queue.or_insert_with(|| Arc::new(create())).clone()
    }
}
