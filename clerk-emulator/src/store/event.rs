//! Events: the changes that Clerk announces to webhook endpoints.

use serde_json::Value;

/// A change that Clerk announces.
#[derive(Clone, Debug)]
pub struct Event {
    /// The id of the message, which is the same for each attempt to deliver it.
    pub message_id: String,
    /// The kind of event, such as `user.created`.
    pub kind: &'static str,
    /// When it happened, in milliseconds since the Unix epoch.
    pub timestamp: i64,
    /// The body of the message.
    pub body: Value,
}
