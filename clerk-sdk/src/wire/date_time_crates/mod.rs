//! Conversions between [`Timestamp`] and [`DateTime`](super::DateTime) and the types of date-time crates.

use std::fmt;

use super::timestamp::Timestamp;

#[cfg(feature = "chrono-04")]
mod chrono;
#[cfg(feature = "jiff-1")]
mod jiff;
#[cfg(feature = "time-03")]
mod time;

const NANOS_PER_MILLI: i128 = 1_000_000;

/// An error for a [`Timestamp`] that is out of the range of the type that it is converted to.
///
/// Only the SDK creates it:
///
/// ```compile_fail,E0423
/// let error = clerk_sdk::TimestampRangeError(());
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TimestampRangeError(());

impl fmt::Display for TimestampRangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the timestamp is out of the range of the date-time type")
    }
}

impl std::error::Error for TimestampRangeError {}

/// Drops fractions of a millisecond, as the conversion from `SystemTime` does: also before the epoch towards it. All
/// the types convert a timestamp to the same number then.
fn from_nanos(nanos: i128) -> Timestamp {
    let millis = nanos / NANOS_PER_MILLI;
    let limit = if millis < 0 { i64::MIN } else { i64::MAX };
    Timestamp::from_millis(i64::try_from(millis).unwrap_or(limit))
}
