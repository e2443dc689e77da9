//! The headers of a message: its id, its timestamp and its signatures.

use http::{HeaderMap, HeaderValue};

use super::error::Error;

/// The headers that a message needs, by the names of Svix and of Standard Webhooks.
const NAMES: [[&str; 3]; 2] = [
    ["svix-id", "svix-timestamp", "svix-signature"],
    ["webhook-id", "webhook-timestamp", "webhook-signature"],
];

/// The headers of a message, as they were received but for white space around them.
pub(super) struct MessageHeaders<'h> {
    pub(super) id: &'h str,
    /// The whole seconds since the Unix epoch, in decimal digits.
    pub(super) timestamp: &'h str,
    /// Signatures with their versions, separated by spaces.
    pub(super) signatures: &'h [u8],
}

impl<'h> MessageHeaders<'h> {
    pub(super) fn read(headers: &'h HeaderMap) -> Result<Self, Error> {
        let [svix, standard] = NAMES;
        let is_there = |name: &str| headers.contains_key(name);
        let names = match svix.into_iter().all(is_there) || !standard.into_iter().any(is_there) {
            true => svix,
            false => standard,
        };
        let [id, timestamp, signatures] = names.map(|name| only_value(headers, name));
        Ok(Self {
            id: message_id(id?)?,
            timestamp: whole_seconds(timestamp?)?,
            signatures: signatures?,
        })
    }

    /// Iterates over the signatures of version 1, in base64.
    pub(super) fn supported_signatures(&self) -> impl Iterator<Item = &'h [u8]> {
        let signatures = self.signatures.split(|byte| *byte == b' ');
        signatures.filter_map(|signature| signature.strip_prefix(b"v1,"))
    }
}

fn only_value<'h>(headers: &'h HeaderMap, name: &'static str) -> Result<&'h [u8], Error> {
    let mut values = headers.get_all(name).iter().map(HeaderValue::as_bytes);
    let value = values.next().map(<[u8]>::trim_ascii).unwrap_or_default();
    match (value, values.next()) {
        (_, Some(_)) => Err(Error::RepeatedHeader(name)),
        ([], None) => Err(Error::MissingHeader(name)),
        (value, None) => Ok(value),
    }
}

fn message_id(id: &[u8]) -> Result<&str, Error> {
    let id = std::str::from_utf8(id).map_err(|_| Error::MalformedId)?;
    let is_printable = id.bytes().all(|byte| byte.is_ascii_graphic());
    is_printable.then_some(id).ok_or(Error::MalformedId)
}

/// Returns the whole seconds of a timestamp. Clerk sends no fraction, but the official libraries ignore one when they
/// sign and verify.
fn whole_seconds(timestamp: &[u8]) -> Result<&str, Error> {
    let timestamp = std::str::from_utf8(timestamp).map_err(|_| Error::MalformedTimestamp)?;
    let (seconds, fraction) = timestamp.split_once('.').unwrap_or((timestamp, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    // Leading zeros would be lost in what is signed.
    let is_canonical = !seconds.is_empty() && (seconds == "0" || !seconds.starts_with('0'));
    match is_canonical && is_digits(seconds) && is_digits(fraction) {
        true => Ok(seconds),
        false => Err(Error::MalformedTimestamp),
    }
}
