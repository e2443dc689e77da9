//! Connections that the server closed while nothing ran: they are noticed before a request is written to one.
//!
//! A runtime learns of a closed connection when it next polls the operating system. If the process was frozen or its
//! only thread was blocked, that is after the next request was already written, and whether the server received it is
//! unknown then.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::task::yield_now;
use tokio::time::sleep;

/// When the connections of a client were last used.
pub(super) struct LastUse {
    created: Instant,
    /// When the last request was sent, in microseconds after `created`; zero if there was none.
    last_request: AtomicU64,
}

/// A shorter pause is not worth the extra turns of the runtime.
const MIN_PAUSE: Duration = Duration::from_millis(5);

/// After a pause in which the process may have been frozen, a timer makes sure that the runtime has polled the operating
/// system, which another of its threads may do only later. It is a small part of what a call takes.
const LONG_PAUSE: Duration = Duration::from_secs(1);
const ONE_TICK: Duration = Duration::from_millis(1);

/// The first turn of the runtime only wakes the tasks of the connections. With HTTP/2 each connection has two tasks, one
/// of which wakes the other, and both may run after a task that yielded.
const TURNS: usize = 4;

impl LastUse {
    pub(super) fn new() -> Self {
        Self {
            created: Instant::now(),
            last_request: AtomicU64::new(0),
        }
    }

    /// Lets the tasks of idle connections see that the server has closed them, if there was a pause since the last
    /// request.
    ///
    /// A task that yields is continued after the runtime has polled the operating system. It has to be a task of the
    /// runtime that owns the connections: a future of `block_on` may run elsewhere.
    pub(super) async fn remove_closed(&self, runtime: &Handle) {
        let now = self.created.elapsed();
        let last_request = self.last_request.load(Ordering::Relaxed);
        let pause = now.saturating_sub(Duration::from_micros(last_request));
        if last_request != 0 && pause >= MIN_PAUSE {
            let turns = runtime.spawn(async move {
                if pause >= LONG_PAUSE {
                    sleep(ONE_TICK).await;
                }
                for _ in 0..TURNS {
                    yield_now().await;
                }
            });
            // It fails only if the runtime ends, and the request will fail then too.
            let _ = turns.await;
        }
        // Only now, so that requests which start in the meantime do the same.
        let now = u64::try_from(now.as_micros()).unwrap_or(u64::MAX).max(1);
        self.last_request.store(now, Ordering::Relaxed);
    }
}
