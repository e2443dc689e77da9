//! [`ProcessedMessages`]: which messages were processed, as Clerk may send one several times.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Stores the ids of messages that were processed.
///
/// # In a database
///
/// Implement it for a transaction, so that the id is stored if and only if the work is. The example `webhook_to_database`
/// is a whole program that does:
///
/// ```ignore
/// use clerk_sdk::webhook::{MessageState, ProcessedMessages};
/// use sqlx::{Sqlite, Transaction};
///
/// struct Messages<'t>(&'t mut Transaction<'static, Sqlite>);
///
/// impl ProcessedMessages for Messages<'_> {
///     type Error = sqlx::Error;
///
///     // If another transaction has inserted the id, the database waits until that one ends.
///     async fn begin(&mut self, message_id: &str) -> sqlx::Result<MessageState> {
///         let sql = "INSERT INTO processed_messages (id) VALUES ($1) ON CONFLICT DO NOTHING";
///         let result = sqlx::query(sql).bind(message_id).execute(&mut **self.0).await?;
///         Ok(match result.rows_affected() {
///             0 => MessageState::Processed,
///             _ => MessageState::New,
///         })
///     }
///
///     // The caller commits the transaction, or rolls it back.
///     async fn finish(&mut self, _: &str) -> sqlx::Result<()> {
///         Ok(())
///     }
///
///     async fn release(&mut self, _: &str) -> sqlx::Result<()> {
///         Ok(())
///     }
/// }
/// ```
///
/// # In memory
///
/// [`RecentMessages`] needs no database:
///
/// ```
/// use clerk_sdk::http::StatusCode;
/// use clerk_sdk::webhook::{Event, MessageState, ProcessedMessages, RecentMessages};
///
/// # async fn process(_: &Event) -> std::io::Result<()> { Ok(()) }
/// async fn receive(event: Event, mut messages: RecentMessages) -> StatusCode {
///     let Ok(state) = messages.begin(&event.message_id).await;
///     match state {
///         MessageState::New => {}
///         MessageState::Processed => return StatusCode::NO_CONTENT,
///         // An earlier attempt may still fail, so Clerk has to send the message once more.
///         MessageState::InProgress => return StatusCode::SERVICE_UNAVAILABLE,
///     }
///     let Ok(()) = match process(&event).await {
///         Ok(()) => messages.finish(&event.message_id).await,
///         Err(error) => {
///             eprintln!("{}: {error}", event.message_id);
///             let Ok(()) = messages.release(&event.message_id).await;
///             return StatusCode::INTERNAL_SERVER_ERROR;
///         }
///     };
///     StatusCode::NO_CONTENT
/// }
/// ```
pub trait ProcessedMessages {
    /// The error of the storage.
    type Error;

    /// Marks a message as in progress if it is new, and returns the state that it had.
    fn begin(
        &mut self,
        message_id: &str,
    ) -> impl Future<Output = Result<MessageState, Self::Error>> + Send;

    /// Marks a message as processed.
    fn finish(&mut self, message_id: &str) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Makes a message that could not be processed new, so that it is processed when Clerk sends it again.
    fn release(&mut self, message_id: &str)
    -> impl Future<Output = Result<(), Self::Error>> + Send;
}

/// What is known of a message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MessageState {
    /// It has to be processed.
    New,
    /// It is being processed. Respond with a status other than 2xx, such as 503: if that fails, Clerk has to send it
    /// again.
    InProgress,
    /// It was processed before. Respond with 2xx.
    Processed,
}

/// The ids of the latest messages, in the memory of this process.
///
/// They are lost when the process ends, and other processes do not know them: use it if processing a message twice does
/// little harm. A clone shares the ids.
///
/// A message that is neither [finished](ProcessedMessages::finish) nor [released](ProcessedMessages::release) is new again
/// after a minute: a web framework drops a handler whose client has closed the connection, and Clerk does so after 15
/// seconds.
#[derive(Clone, Debug)]
pub struct RecentMessages {
    ids: Arc<Mutex<RecentIds>>,
    capacity: usize,
    time_limit: Duration,
}

#[derive(Debug, Default)]
struct RecentIds {
    /// When the processing of each message began; nothing if it was processed.
    begun: HashMap<Arc<str>, Option<Instant>>,
    /// In the order of their insertion.
    queue: VecDeque<Arc<str>>,
}

impl RecentMessages {
    /// Creates a storage of at most this number of ids, about 100 bytes each. The oldest make room for new ones.
    pub fn new(capacity: usize) -> Self {
        Self {
            ids: Arc::default(),
            capacity: capacity.max(1),
            time_limit: Duration::from_secs(60),
        }
    }

    /// Sets after what time a message in progress is new again. The default is one minute.
    #[must_use]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = limit;
        self
    }

    fn with_ids<T>(&self, with: impl FnOnce(&mut RecentIds) -> T) -> Result<T, Infallible> {
        Ok(with(
            &mut self.ids.lock().unwrap_or_else(PoisonError::into_inner),
        ))
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

    async fn begin(&mut self, message_id: &str) -> Result<MessageState, Infallible> {
        self.with_ids(|ids| {
            match ids.begun.get(message_id) {
                Some(None) => return MessageState::Processed,
                Some(Some(begun)) if begun.elapsed() < self.time_limit => {
                    return MessageState::InProgress;
                }
                Some(Some(_)) => ids.forget(message_id),
                None => {}
            }
            if ids.queue.len() >= self.capacity
                && let Some(oldest) = ids.queue.pop_front()
            {
                ids.begun.remove(&oldest);
            }
            let id: Arc<str> = message_id.into();
            ids.queue.push_back(id.clone());
            ids.begun.insert(id, Some(Instant::now()));
            MessageState::New
        })
    }

    async fn finish(&mut self, message_id: &str) -> Result<(), Infallible> {
        self.with_ids(|ids| {
            if let Some(begun) = ids.begun.get_mut(message_id) {
                *begun = None;
            }
        })
    }

    async fn release(&mut self, message_id: &str) -> Result<(), Infallible> {
        self.with_ids(|ids| ids.forget(message_id))
    }
}

impl RecentIds {
    fn forget(&mut self, message_id: &str) {
        self.begun.remove(message_id);
        self.queue.retain(|id| **id != *message_id);
    }
}
