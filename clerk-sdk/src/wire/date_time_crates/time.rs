//! Conversions from and to the types of the crate `time`.

use ::time::format_description::well_known::Rfc3339;
use ::time::{OffsetDateTime, UtcOffset};

use super::{NANOS_PER_MILLI, TimestampRangeError, from_nanos};
use crate::wire::date_time::{DateTime, ParseDateTimeError};
use crate::wire::nullable::Nullable;
use crate::wire::timestamp::Timestamp;

impl From<OffsetDateTime> for Timestamp {
    /// Truncates to whole milliseconds.
    fn from(time: OffsetDateTime) -> Self {
        from_nanos(time.unix_timestamp_nanos())
    }
}

impl TryFrom<Timestamp> for OffsetDateTime {
    type Error = TimestampRangeError;

    fn try_from(timestamp: Timestamp) -> Result<Self, TimestampRangeError> {
        let nanos = i128::from(timestamp.as_millis()) * NANOS_PER_MILLI;
        Self::from_unix_timestamp_nanos(nanos).map_err(|_| TimestampRangeError(()))
    }
}

impl From<OffsetDateTime> for DateTime {
    /// Keeps the offset and the nanoseconds. An offset with seconds becomes UTC, and a year outside 0 to 9999, which
    /// RFC 3339 does not have, becomes what [`Timestamp`] displays.
    fn from(time: OffsetDateTime) -> Self {
        let in_utc = || {
            time.checked_to_offset(UtcOffset::UTC)?
                .format(&Rfc3339)
                .ok()
        };
        match time.format(&Rfc3339) {
            Ok(string) => string.into(),
            Err(_) if time.offset().seconds_past_minute() != 0 => {
                in_utc().map_or_else(|| Timestamp::from(time).into(), Self::from)
            }
            Err(_) => Timestamp::from(time).into(),
        }
    }
}

impl TryFrom<&DateTime> for OffsetDateTime {
    type Error = ParseDateTimeError;

    /// Keeps the offset.
    fn try_from(string: &DateTime) -> Result<Self, ParseDateTimeError> {
        Self::parse(string.as_str(), &Rfc3339).map_err(|_| ParseDateTimeError::NOT_RFC_3339)
    }
}

impl From<OffsetDateTime> for Nullable<Timestamp> {
    fn from(time: OffsetDateTime) -> Self {
        Self::Value(time.into())
    }
}

impl From<OffsetDateTime> for Nullable<DateTime> {
    fn from(time: OffsetDateTime) -> Self {
        Self::Value(time.into())
    }
}
