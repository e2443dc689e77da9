//! [`ProcessedMessages`]: which messages were processed, as Clerk may send one several times.

use std::collections::{HashSet, VecDeque};
use std::convert::Infallible;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

/// Remembers the ids of messages that were processed.
///
/// Implement it for a transaction of your database, so that the id is stored if and only if the work is:
///
/// ```
/// use clerk_sdk::webhook::ProcessedMessages;
/// use sqlx::{Sqlite, Transaction};
///
/// struct Messages<'t>(&'t mut Transaction<'static, Sqlite>);
///
/// impl ProcessedMessages for Messages<'_> {
///     type Error = sqlx::Error;
///
///     async fn insert(&mut self, message_id: &str) -> sqlx::Result<bool> {
///         let sql = "INSERT INTO processed_messages (id) VALUES ($1) ON CONFLICT DO NOTHING";
///         let result = sqlx::query(sql).bind(message_id).execute(&mut **self.0).await?;
///         Ok(result.rows_affected() == 1)
///     }
///
///     // The transaction is rolled back instead.
///     async fn remove(&mut self, _: &str) -> sqlx::Result<()> {
///         Ok(())
///     }
/// }
/// ```
pub trait ProcessedMessages {
    /// The error of the storage.
    type Error;

    /// Stores the id of a message before it is processed. Returns false if it was stored before: the message is a
    /// repetition then, and must not be processed again.
    fn insert(
        &mut self,
        message_id: &str,
    ) -> impl Future<Output = Result<bool, Self::Error>> + Send;

    /// Removes the id of a message that could not be processed, so that it is when Clerk sends it again.
    fn remove(&mut self, message_id: &str)
    -> impl Future<Output = Result<(), Self::Error>> + Send;
}

/// The ids of the latest messages, in the memory of this process.
///
/// It is lost when the process ends, and other processes do not know it: use it if processing a message twice does little
/// harm. A clone shares the ids.
#[derive(Clone, Debug)]
pub struct RecentMessages {
    ids: Arc<Mutex<RecentIds>>,
    capacity: usize,
}

#[derive(Debug, Default)]
struct RecentIds {
    known: HashSet<Arc<str>>,
    /// In the order of their insertion.
    queue: VecDeque<Arc<str>>,
}

impl RecentMessages {
    /// Creates a storage of at most this number of ids, about 100 bytes each. The oldest make room for new ones.
    pub fn new(capacity: usize) -> Self {
        Self {
            ids: Arc::default(),
            capacity: capacity.max(1),
        }
    }
}

impl Default for RecentMessages {
    /// Creates a storage of 10,000 ids.
    fn default() -> Self {
        Self::new(10_000)
    }
}

impl ProcessedMessages for RecentMessages {
    type Error = Infallible;

    async fn insert(&mut self, message_id: &str) -> Result<bool, Infallible> {
        let mut ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        if ids.known.contains(message_id) {
            return Ok(false);
        }
        if ids.queue.len() >= self.capacity
            && let Some(oldest) = ids.queue.pop_front()
        {
            ids.known.remove(&oldest);
        }
        let id: Arc<str> = message_id.into();
        ids.queue.push_back(id.clone());
        Ok(ids.known.insert(id))
    }

    async fn remove(&mut self, message_id: &str) -> Result<(), Infallible> {
        let mut ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        ids.known.remove(message_id);
        ids.queue.retain(|id| **id != *message_id);
        Ok(())
    }
}
