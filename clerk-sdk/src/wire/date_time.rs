//! Instants that travel as text.

use std::fmt;
use std::time::SystemTime;

use serde::de::{Deserialize, Deserializer, Error};
use serde::{Serialize, Serializer};

use super::encode::Put;
use super::{Scalar, Slot, Timestamp, read_scalar};

/// An instant as RFC 3339 text, such as `2025-01-01T00:00:00.000Z`.
///
/// Most of the API counts milliseconds ([`Timestamp`]); a few fields are text. The text is kept as it
/// came. Convert from a [`SystemTime`] or a [`Timestamp`], and back with `try_from`.
///
/// ```
/// use clerk_sdk::{DateTime, Timestamp};
///
/// let text = DateTime::from(Timestamp::from_secs(1_735_689_600));
/// assert_eq!(text.as_str(), "2025-01-01T00:00:00.000Z");
/// assert_eq!(Timestamp::try_from(&text)?, Timestamp::from_secs(1_735_689_600));
/// # Ok::<(), clerk_sdk::NotAnInstant>(())
/// ```
#[derive(Clone, Default, Eq, Hash, PartialEq)]
pub struct DateTime(String);

impl DateTime {
    /// The text, as it came or as it will be sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text that does not name an instant in RFC 3339, in UTC, from 1970 on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NotAnInstant;

impl fmt::Display for NotAnInstant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the text is not an instant in RFC 3339, in UTC, from 1970 on")
    }
}

impl std::error::Error for NotAnInstant {}

impl From<&str> for DateTime {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for DateTime {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<Timestamp> for DateTime {
    fn from(timestamp: Timestamp) -> Self {
        Self(timestamp.to_string())
    }
}

impl From<SystemTime> for DateTime {
    fn from(time: SystemTime) -> Self {
        Timestamp::from(time).into()
    }
}

impl TryFrom<&DateTime> for SystemTime {
    type Error = NotAnInstant;

    fn try_from(text: &DateTime) -> Result<Self, NotAnInstant> {
        humantime::parse_rfc3339_weak(&text.0).map_err(|_| NotAnInstant)
    }
}

impl TryFrom<&DateTime> for Timestamp {
    type Error = NotAnInstant;

    fn try_from(text: &DateTime) -> Result<Self, NotAnInstant> {
        SystemTime::try_from(text).map(Self::from)
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Scalar for DateTime {
    const EXPECTED: &'static str = "a string";

    fn from_str<E: Error>(text: &str) -> Result<Self, E> {
        Ok(Self(text.to_owned()))
    }
}

impl Slot for DateTime {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_scalar(deserializer)
    }
}

impl<'de> Deserialize<'de> for DateTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_scalar(deserializer)
    }
}

impl Serialize for DateTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl Put for DateTime {}
