//! [`Event`]: what a message tells.

use std::collections::BTreeMap;
use std::fmt;
use std::time::SystemTime;

use bytes::Bytes;
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::error::Error;
use super::event_data::EventData;
use crate::Timestamp;
use crate::wire::without_bom;

/// An event that Clerk has sent.
#[derive(Clone)]
#[non_exhaustive]
pub struct Event {
    /// The id of the message, the same each time it is sent: what to store to process an event only once.
    pub message_id: String,
    /// The time at which the message was signed, in whole seconds. It differs each time a message is sent.
    pub signed_at: SystemTime,
    /// The time of the event; that of the signature if the message has none.
    pub timestamp: Timestamp,
    /// The id of the Clerk instance, such as `ins_…`. Empty if the message has none.
    pub instance_id: String,
    /// The request that caused the event, if there was one.
    pub request: Option<RequestAttributes>,
    /// What has happened, and to whom.
    pub data: EventData,
    body: Bytes,
}

/// The request that caused an event: one that a user or an administrator made, not that of the webhook.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct RequestAttributes {
    /// The IP address of the client.
    pub client_ip: Option<String>,
    /// The `User-Agent` header of the client.
    pub user_agent: Option<String>,
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("message_id", &self.message_id)
            .field("signed_at", &self.signed_at)
            .field("timestamp", &self.timestamp)
            .field("instance_id", &self.instance_id)
            .field("request", &self.request)
            .field("data", &self.data)
            .finish_non_exhaustive()
    }
}

/// The members of an event, unparsed.
type Members<'b> = BTreeMap<String, &'b RawValue>;

impl Event {
    /// The kind of event, such as `user.created`.
    pub fn kind(&self) -> &str {
        self.data.kind()
    }

    /// The whole event as JSON, as it was received; it can begin with a byte order mark.
    pub fn raw_json(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap_or_default()
    }

    /// Decodes the body of a message.
    pub(super) fn decode(id: &str, signed_at: SystemTime, body: Bytes) -> Result<Self, Error> {
        let members = members(&body)?;
        let kind: String = member(&members, "type")
            .ok_or_else(|| malformed("it has no `type`, or one that is not a string"))?;
        let data = members
            .get("data")
            .ok_or_else(|| malformed("it has no `data`"))?;
        let timestamp = member(&members, "timestamp").and_then(event_time);
        Ok(Self {
            message_id: id.to_owned(),
            signed_at,
            timestamp: timestamp.unwrap_or_else(|| Timestamp::from(signed_at)),
            instance_id: member(&members, "instance_id").unwrap_or_default(),
            request: request_attributes(&members),
            data: EventData::decode(&kind, data.get()),
            body: body.clone(),
        })
    }
}

fn members(body: &[u8]) -> Result<Members<'_>, Error> {
    let json = std::str::from_utf8(without_bom(body))
        .map_err(|error| malformed(&format!("it is not UTF-8: {error}")))?;
    serde_json::from_str(json).map_err(|error| {
        // The text of the error can contain a part of the body.
        let reason = match error.classify() {
            Category::Data => "it is not a JSON object",
            Category::Eof => "its JSON is incomplete",
            Category::Syntax | Category::Io => "it is not JSON",
        };
        let (line, column) = (error.line(), error.column());
        malformed(&format!("{reason} (line {line}, column {column})"))
    })
}

fn malformed(reason: &str) -> Error {
    Error::MalformedEvent(reason.to_owned())
}

/// Returns a member, if it is there and has this type.
fn member<T: serde::de::DeserializeOwned>(members: &Members<'_>, name: &str) -> Option<T> {
    serde_json::from_str(members.get(name)?.get()).ok()
}

/// Converts the timestamp of an event. The API documents neither seconds nor milliseconds; before the year 5138, a
/// number of seconds has at most eleven digits.
fn event_time(number: f64) -> Option<Timestamp> {
    const LARGEST_SECONDS: f64 = 1e11;
    let milliseconds = match number.abs() < LARGEST_SECONDS {
        true => number * 1000.0,
        false => number,
    };
    let is_exact = milliseconds.abs() < 9_007_199_254_740_992.0;
    #[allow(
        clippy::cast_possible_truncation,
        reason = "the line above checks the range"
    )]
    is_exact.then(|| Timestamp::from_millis(milliseconds as i64))
}

fn request_attributes(members: &Members<'_>) -> Option<RequestAttributes> {
    let attributes: Members<'_> =
        serde_json::from_str(members.get("event_attributes")?.get()).ok()?;
    let request: Members<'_> = serde_json::from_str(attributes.get("http_request")?.get()).ok()?;
    Some(RequestAttributes {
        client_ip: member(&request, "client_ip"),
        user_agent: member(&request, "user_agent"),
    })
}
