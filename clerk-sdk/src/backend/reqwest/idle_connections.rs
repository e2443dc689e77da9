//! Connections that the server closed while nothing ran: they are noticed before a request is written to one.
//!
//! A runtime learns of a closed connection when it next polls the operating system. If the process was frozen or its
//! only thread was blocked, that is after the next request was already written, and whether the server received it is
//! unknown then.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::task::yield_now;

/// When the connections of a client were last used.
pub(super) struct LastUse {
    created: Instant,
    /// Microseconds after `created`, or zero if there was no response yet.
    last_response: AtomicU64,
}

/// A shorter pause is not worth the extra turn of the runtime.
const MIN_IDLE_TIME: Duration = Duration::from_millis(5);

/// The first turn of the runtime only wakes the tasks of the connections. With HTTP/2 each connection has two tasks, one
/// of which wakes the other, and both may run after a task that yielded.
const TURNS: usize = 4;

impl LastUse {
    pub(super) fn new() -> Self {
        Self {
            created: Instant::now(),
            last_response: AtomicU64::new(0),
        }
    }

    /// Records that a response was received.
    pub(super) fn record(&self) {
        let now = self.micros().max(1);
        self.last_response.store(now, Ordering::Relaxed);
    }

    /// Whether there are connections that have been unused for a while.
    fn is_idle(&self) -> bool {
        let last_response = self.last_response.load(Ordering::Relaxed);
        let idle_time = self.micros().saturating_sub(last_response);
        last_response != 0 && u128::from(idle_time) >= MIN_IDLE_TIME.as_micros()
    }

    fn micros(&self) -> u64 {
        u64::try_from(self.created.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}

/// Lets the tasks of idle connections see that the server has closed them.
///
/// A task that yields is continued after the runtime has polled the operating system. It has to be a task of the
/// runtime that owns the connections: a future of `block_on` may run elsewhere.
pub(super) async fn remove_closed(last_use: &LastUse, runtime: &Handle) {
    if last_use.is_idle() {
        let turns = runtime.spawn(async {
            for _ in 0..TURNS {
                yield_now().await;
            }
        });
        // It fails only if the runtime ends, and the request will fail then too.
        let _ = turns.await;
    }
}
