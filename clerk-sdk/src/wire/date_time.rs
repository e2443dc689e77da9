//! Timestamps that the API sends as strings.

use std::fmt;
use std::time::SystemTime;

use serde::de::{Deserialize, Deserializer, Error};
use serde::{Serialize, Serializer};

use super::decode::Decode;
use super::encode::Encode;
use super::scalar::{Scalar, decode_scalar};
use super::timestamp::Timestamp;

/// A timestamp as an RFC 3339 string, such as `2025-01-01T00:00:00.000Z`.
///
/// Most timestamps of the API are numbers of milliseconds ([`Timestamp`]); a few are strings. The string is kept
/// as received. Convert from a [`SystemTime`] or a [`Timestamp`], and back with `try_from`. The features `chrono`,
/// `jiff` and `time` add conversions from and to the types of these crates, which can keep the offset.
///
/// ```
/// use clerk_sdk::{DateTime, Timestamp};
///
/// let date_time = DateTime::from(Timestamp::from_secs(1_735_689_600));
/// assert_eq!(date_time.as_str(), "2025-01-01T00:00:00.000Z");
/// assert_eq!(Timestamp::try_from(&date_time)?, Timestamp::from_secs(1_735_689_600));
/// # Ok::<(), clerk_sdk::ParseDateTimeError>(())
/// ```
#[derive(Clone, Default, Eq, Hash, PartialEq)]
pub struct DateTime(String);

impl DateTime {
    /// The string, as it was received or as it will be sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An error for a string that is not a timestamp, or not one that the target type can represent.
///
/// Only the SDK creates it:
///
/// ```compile_fail,E0423
/// let error = clerk_sdk::ParseDateTimeError("");
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ParseDateTimeError(&'static str);

impl ParseDateTimeError {
    const NOT_UTC: Self = Self("the string is not an RFC 3339 timestamp in UTC from 1970 on");
    #[cfg(any(feature = "chrono-04", feature = "jiff-1", feature = "time-03"))]
    pub(super) const NOT_RFC_3339: Self = Self("the string is not an RFC 3339 timestamp");
}

impl fmt::Display for ParseDateTimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for ParseDateTimeError {}

impl From<&str> for DateTime {
    fn from(string: &str) -> Self {
        Self(string.to_owned())
    }
}

impl From<String> for DateTime {
    fn from(string: String) -> Self {
        Self(string)
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
    type Error = ParseDateTimeError;

    fn try_from(string: &DateTime) -> Result<Self, ParseDateTimeError> {
        humantime::parse_rfc3339_weak(&string.0).map_err(|_| ParseDateTimeError::NOT_UTC)
    }
}

impl TryFrom<&DateTime> for Timestamp {
    type Error = ParseDateTimeError;

    fn try_from(string: &DateTime) -> Result<Self, ParseDateTimeError> {
        SystemTime::try_from(string).map(Self::from)
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl Scalar for DateTime {
    const EXPECTED: &'static str = "a string";

    fn from_str<E: Error>(string: &str) -> Result<Self, E> {
        Ok(Self(string.to_owned()))
    }
}

impl Decode for DateTime {
    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        decode_scalar(deserializer)
    }
}

impl<'de> Deserialize<'de> for DateTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        decode_scalar(deserializer)
    }
}

impl Serialize for DateTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl Encode for DateTime {}
