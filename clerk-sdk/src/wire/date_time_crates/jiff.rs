//! Conversions from and to the timestamps of jiff.

use ::jiff::Timestamp as JiffTimestamp;

use super::{NANOS_PER_MILLI, TimestampRangeError, from_nanos};
use crate::wire::date_time::{DateTime, ParseDateTimeError};
use crate::wire::nullable::Nullable;
use crate::wire::timestamp::Timestamp;

impl From<JiffTimestamp> for Timestamp {
    /// Truncates to whole milliseconds.
    fn from(timestamp: JiffTimestamp) -> Self {
        from_nanos(timestamp.as_nanosecond())
    }
}

impl TryFrom<Timestamp> for JiffTimestamp {
    type Error = TimestampRangeError;

    fn try_from(timestamp: Timestamp) -> Result<Self, TimestampRangeError> {
        // `from_millisecond` rejects the last second of jiff's range.
        let nanos = i128::from(timestamp.as_millis()) * NANOS_PER_MILLI;
        Self::from_nanosecond(nanos).map_err(|_| TimestampRangeError(()))
    }
}

impl From<JiffTimestamp> for DateTime {
    /// Keeps the nanoseconds. A year before 0, which RFC 3339 does not have, becomes what [`Timestamp`] displays.
    fn from(timestamp: JiffTimestamp) -> Self {
        let string = timestamp.to_string();
        // jiff writes years before 0 with a sign.
        match string.starts_with('-') {
            true => Timestamp::from(timestamp).into(),
            false => string.into(),
        }
    }
}

impl TryFrom<&DateTime> for JiffTimestamp {
    type Error = ParseDateTimeError;

    fn try_from(string: &DateTime) -> Result<Self, ParseDateTimeError> {
        let timestamp = string.as_str().parse();
        timestamp.map_err(|_| ParseDateTimeError::NOT_RFC_3339)
    }
}

impl From<JiffTimestamp> for Nullable<Timestamp> {
    fn from(timestamp: JiffTimestamp) -> Self {
        Self::Value(timestamp.into())
    }
}

impl From<JiffTimestamp> for Nullable<DateTime> {
    fn from(timestamp: JiffTimestamp) -> Self {
        Self::Value(timestamp.into())
    }
}
