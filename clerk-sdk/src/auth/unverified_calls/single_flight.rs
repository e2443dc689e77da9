//! Single flight: of several equal calls at the same time, one is made, and the others wait for its result.

use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OnceCell;

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
    /// Returns the result of the call in flight with this key, or makes `call`. If the future that makes it is dropped,
    /// another makes its own.
    pub(super) async fn run(&self, key: K, call: impl Future<Output = V>) -> V {
        let flight = Flight {
            flights: self,
            key,
            result: self.lock().entry(key).or_default().clone(),
        };
        flight.result.get_or_init(|| call).await.clone()
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
