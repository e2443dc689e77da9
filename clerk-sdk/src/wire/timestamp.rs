//! Timestamps that the API sends as a number of milliseconds.

use std::fmt;
use std::ops::{Add, AddAssign, Sub, SubAssign};
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::de::{Deserialize, Deserializer, Error};
use serde::{Serialize, Serializer};

use super::decode::Decode;
use super::encode::Encode;
use super::query::{Query, QueryValue};
use super::scalar::{Scalar, decode_scalar};

/// A timestamp: milliseconds since 1970-01-01 00:00:00 UTC.
///
/// ```
/// use std::time::SystemTime;
/// use clerk_sdk::Timestamp;
///
/// let created = Timestamp::from_millis(1_735_689_600_000);
/// assert_eq!(created.to_string(), "2025-01-01T00:00:00.000Z");
/// assert_eq!("2025-01-01T00:00:00.000Z".parse(), Ok(created));
/// assert_eq!(Timestamp::from(SystemTime::from(created)), created);
/// ```
///
/// Adding or subtracting a [`Duration`] drops fractions of a millisecond, and limits the result to the range of
/// timestamps:
///
/// ```
/// use std::time::Duration;
/// use clerk_sdk::Timestamp;
///
/// let created = Timestamp::from_secs(1_735_689_600);
/// let expires = created + Duration::from_secs(60);
/// assert_eq!(expires.duration_since(created), Duration::from_secs(60));
/// ```
///
/// The features `chrono`, `jiff` and `time` add conversions from the types of these crates, and back with `try_from`.
#[derive(Clone, Copy, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Creates a timestamp from milliseconds since the epoch; negative numbers are before it.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// The milliseconds since the epoch.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Creates a timestamp from seconds since the epoch.
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(1000))
    }

    /// Returns the current time by the clock of this machine.
    pub fn now() -> Self {
        SystemTime::now().into()
    }

    /// Returns the time that elapsed from `earlier` to this timestamp, or zero if `earlier` is later.
    pub fn duration_since(self, earlier: Self) -> Duration {
        match self > earlier {
            true => Duration::from_millis(self.0.abs_diff(earlier.0)),
            false => Duration::ZERO,
        }
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, span: Duration) -> Self {
        match u64::try_from(span.as_millis()) {
            Ok(millis) => Self(self.0.saturating_add_unsigned(millis)),
            Err(_) => Self(i64::MAX),
        }
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;

    fn sub(self, span: Duration) -> Self {
        match u64::try_from(span.as_millis()) {
            Ok(millis) => Self(self.0.saturating_sub_unsigned(millis)),
            Err(_) => Self(i64::MIN),
        }
    }
}

impl AddAssign<Duration> for Timestamp {
    fn add_assign(&mut self, span: Duration) {
        *self = *self + span;
    }
}

impl SubAssign<Duration> for Timestamp {
    fn sub_assign(&mut self, span: Duration) {
        *self = *self - span;
    }
}

impl From<SystemTime> for Timestamp {
    /// Truncates to whole milliseconds, and limits them to the range of an `i64`.
    fn from(time: SystemTime) -> Self {
        let millis = |span: Duration| i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        match time.duration_since(UNIX_EPOCH) {
            Ok(after) => Self(millis(after)),
            Err(before) => Self(-millis(before.duration())),
        }
    }
}

impl From<Timestamp> for SystemTime {
    /// A timestamp that the platform's `SystemTime` cannot represent becomes the epoch.
    fn from(timestamp: Timestamp) -> Self {
        let span = Duration::from_millis(timestamp.0.unsigned_abs());
        let time = if timestamp.0 < 0 {
            UNIX_EPOCH.checked_sub(span)
        } else {
            UNIX_EPOCH.checked_add(span)
        };
        time.unwrap_or(UNIX_EPOCH)
    }
}

/// An error for a string that is not a timestamp.
///
/// Only the SDK creates it:
///
/// ```compile_fail,E0423
/// let error = clerk_sdk::ParseTimestampError(());
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ParseTimestampError(());

impl fmt::Display for ParseTimestampError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the string is neither an RFC 3339 timestamp in UTC from 1970 on nor a number of milliseconds",
        )
    }
}

impl std::error::Error for ParseTimestampError {}

/// Parses both forms that [`Display`](fmt::Display) writes: RFC 3339 in UTC, and a number of milliseconds.
impl FromStr for Timestamp {
    type Err = ParseTimestampError;

    fn from_str(string: &str) -> Result<Self, Self::Err> {
        if let Ok(millis) = string.parse() {
            return Ok(Self(millis));
        }
        let time = humantime::parse_rfc3339_weak(string).map_err(|_| ParseTimestampError(()))?;
        Ok(time.into())
    }
}

/// Displays as RFC 3339 in UTC, or as the number of milliseconds outside the years 1970 to 9999.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The last millisecond of the year 9999: RFC 3339 has four digits for the year.
        const LAST: i64 = 253_402_300_799_999;
        if (0..=LAST).contains(&self.0) {
            humantime::format_rfc3339_millis(SystemTime::from(*self)).fmt(f)
        } else {
            self.0.fmt(f)
        }
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Scalar for Timestamp {
    const EXPECTED: &'static str = "milliseconds since the epoch";

    fn from_i64<E: Error>(millis: i64) -> Result<Self, E> {
        Ok(Self(millis))
    }

    /// Truncates fractions of a millisecond: the API writes some timestamps as floats.
    fn from_f64<E: Error>(millis: f64) -> Result<Self, E> {
        Ok(Self(millis as i64))
    }
}

impl Decode for Timestamp {
    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        decode_scalar(deserializer)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        decode_scalar(deserializer)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0)
    }
}

impl Encode for Timestamp {}

impl QueryValue for Timestamp {
    fn append(&self, name: &'static str, query: &mut Query) {
        query.append_pair(name, &self.0.to_string());
    }
}
