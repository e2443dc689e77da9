//! Conversions from and to the types of chrono.

use ::chrono::{
    DateTime as ChronoDateTime, Datelike, FixedOffset, Offset, SecondsFormat, TimeZone, Utc,
};

use super::{TimestampRangeError, from_nanos};
use crate::wire::date_time::{DateTime, ParseDateTimeError};
use crate::wire::nullable::Nullable;
use crate::wire::timestamp::Timestamp;

impl<Tz: TimeZone> From<ChronoDateTime<Tz>> for Timestamp {
    /// Truncates to whole milliseconds. A leap second becomes the second after it.
    fn from(time: ChronoDateTime<Tz>) -> Self {
        let seconds = i128::from(time.timestamp());
        from_nanos(seconds * 1_000_000_000 + i128::from(time.timestamp_subsec_nanos()))
    }
}

impl TryFrom<Timestamp> for ChronoDateTime<Utc> {
    type Error = TimestampRangeError;

    fn try_from(timestamp: Timestamp) -> Result<Self, TimestampRangeError> {
        Self::from_timestamp_millis(timestamp.as_millis()).ok_or(TimestampRangeError(()))
    }
}

impl<Tz: TimeZone> From<ChronoDateTime<Tz>> for DateTime {
    /// Keeps the offset and the nanoseconds. An offset with seconds becomes UTC, and a year outside 0 to 9999, which
    /// RFC 3339 does not have, becomes what [`Timestamp`] displays.
    fn from(time: ChronoDateTime<Tz>) -> Self {
        let offset = time.offset().fix();
        let has_seconds = offset.local_minus_utc() % 60 != 0;
        let offset = if has_seconds { Utc.fix() } else { offset };
        let year = time
            .naive_utc()
            .checked_add_offset(offset)
            .map(|time| time.year());
        match year {
            Some(0..=9999) => {
                let time = time.with_timezone(&offset);
                let is_utc = offset.local_minus_utc() == 0;
                Self::from(time.to_rfc3339_opts(SecondsFormat::AutoSi, is_utc))
            }
            _ => Timestamp::from(time).into(),
        }
    }
}

impl TryFrom<&DateTime> for ChronoDateTime<FixedOffset> {
    type Error = ParseDateTimeError;

    /// Keeps the offset.
    fn try_from(string: &DateTime) -> Result<Self, ParseDateTimeError> {
        Self::parse_from_rfc3339(string.as_str()).map_err(|_| ParseDateTimeError::NOT_RFC_3339)
    }
}

impl TryFrom<&DateTime> for ChronoDateTime<Utc> {
    type Error = ParseDateTimeError;

    fn try_from(string: &DateTime) -> Result<Self, ParseDateTimeError> {
        ChronoDateTime::<FixedOffset>::try_from(string).map(|time| time.to_utc())
    }
}

impl<Tz: TimeZone> From<ChronoDateTime<Tz>> for Nullable<Timestamp> {
    fn from(time: ChronoDateTime<Tz>) -> Self {
        Self::Value(time.into())
    }
}

impl<Tz: TimeZone> From<ChronoDateTime<Tz>> for Nullable<DateTime> {
    fn from(time: ChronoDateTime<Tz>) -> Self {
        Self::Value(time.into())
    }
}
