//! Single flight: of several equal calls at the same time, one is made, and the others wait for its result.

use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::OnceCell;
use tokio::time::timeout;

/// How long to wait for the call of another future, longer than one for a page takes. Nothing guarantees that the other
/// future is still polled: its runtime may no longer be driven.
const MAX_WAIT: Duration = Duration::from_secs(6);

pub(super) struct SingleFlight<K, V>(Mutex<Flights<K, V>>);

type Flights<K, V> = HashMap<K, Arc<OnceCell<V>>>;

/// A call in flight that a future waits for.
struct Flight<'f, K: Eq + Hash, V> {
    flights: &'f SingleFlight<K, V>,
    key: K,
    result: Arc<OnceCell<V>>,
}

impl<K, V> Default for SingleFlight<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Copy + Eq + Hash, V: Clone> SingleFlight<K, V> {
    /// Returns the result of the call in flight with this key, or makes `call`. If the future that makes it is dropped, or
    /// does not finish it in time, another makes its own.
    pub(super) async fn run(&self, key: K, call: impl Future<Output = V>) -> V {
        let mut call = pin!(call);
        loop {
            let flight = Flight {
                flights: self,
                key,
                result: self.lock().entry(key).or_default().clone(),
            };
            let makes_call = AtomicBool::new(false);
            let mut result = pin!(flight.result.get_or_init(async || {
                makes_call.store(true, Ordering::Relaxed);
                call.as_mut().await
            }));
            // Without a runtime there is no timer.
            let in_time = match Handle::try_current() {
                Ok(_) => timeout(MAX_WAIT, result.as_mut()).await.ok(),
                Err(_) => Some(result.as_mut().await),
            };
            match in_time {
                Some(result) => return result.clone(),
                // A call of its own has its own time limit.
                None if makes_call.load(Ordering::Relaxed) => return result.await.clone(),
                None => flight.abandon(),
            }
        }
    }
}

impl<K: Eq + Hash, V> Flight<'_, K, V> {
    /// Lets others make a call of their own instead of waiting for this flight.
    fn abandon(&self) {
        let mut flights = self.flights.lock();
        let is_current = |current: &Arc<OnceCell<V>>| Arc::ptr_eq(current, &self.result);
        if flights.get(&self.key).is_some_and(is_current) {
            flights.remove(&self.key);
        }
    }
}

impl<K, V> SingleFlight<K, V> {
    fn lock(&self) -> MutexGuard<'_, Flights<K, V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends the flight if it has a result, or if no other future waits for it.
impl<K: Eq + Hash, V> Drop for Flight<'_, K, V> {
    fn drop(&mut self) {
        let mut flights = self.flights.lock();
        let is_over = |current: &Arc<OnceCell<V>>| {
            // The map and this flight have one reference each.
            let is_last = Arc::strong_count(current) <= 2;
            Arc::ptr_eq(current, &self.result) && (is_last || current.initialized())
        };
        if flights.get(&self.key).is_some_and(is_over) {
            flights.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn calls_that_make_no_progress_do_not_block_others() {
        let (flights, calls) = (SingleFlight::default(), &AtomicUsize::new(0));
        let call = |seconds| {
            flights.run(1, async move {
                calls.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_secs(seconds)).await;
                seconds
            })
        };
        let mut stalled = Box::pin(call(1));
        assert!(futures_util::poll!(&mut stalled).is_pending());
        let since = tokio::time::Instant::now();
        // One of the others makes a call, which may take longer than they wait.
        let others = futures_util::future::join_all((0..10).map(|_| call(5))).await;
        assert_eq!(others, [5; 10]);
        assert_eq!(since.elapsed(), MAX_WAIT + Duration::from_secs(5));
        assert_eq!(calls.load(Ordering::SeqCst), 2);
        assert_eq!(stalled.await, 1);
        assert_eq!(call(60).await, 60);
        assert!(flights.lock().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn equal_calls_are_made_once_even_if_the_first_is_dropped() {
        let flights = SingleFlight::default();
        let calls = AtomicUsize::new(0);
        let call = |key: u8| {
            flights.run(key, async {
                let number = calls.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_secs(1)).await;
                number
            })
        };
        let dropped = tokio::time::timeout(Duration::from_millis(500), call(1));
        let (dropped, second, third, other) = tokio::join!(dropped, call(1), call(1), call(2));
        assert!(dropped.is_err());
        assert_eq!((second, third), (2, 2), "the result of the same call");
        assert_eq!(other, 1);
        assert_eq!(call(1).await, 3, "a later call is not shared");
        let dropped = tokio::time::timeout(Duration::from_millis(500), call(1));
        assert!(dropped.await.is_err());
        assert!(flights.lock().is_empty());
    }
}
