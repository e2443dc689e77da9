//! Tests of the conversions between the timestamps of the crate and those of chrono, jiff and time.

use std::time::SystemTime;

use chrono::{FixedOffset, TimeZone, Utc};
use clerk_sdk::{DateTime, Nullable, ParseDateTimeError, Timestamp, TimestampRangeError, user};
use proptest::prelude::*;

type ChronoUtc = chrono::DateTime<Utc>;
type ChronoFixed = chrono::DateTime<FixedOffset>;

/// The first and the last millisecond that each crate can represent, found by bisection.
fn range<T: TryFrom<Timestamp>>() -> (i64, i64) {
    let fits = |millis: i64| T::try_from(Timestamp::from_millis(millis)).is_ok();
    let last = |sign: i64| {
        let (mut good, mut bad) = (0, i64::MAX);
        while bad - good > 1 {
            let middle = good + (bad - good) / 2;
            match fits(sign * middle) {
                true => good = middle,
                false => bad = middle,
            }
        }
        sign * good
    };
    (last(-1), last(1))
}

/// Milliseconds from the whole range, half of them within the years that all crates have.
fn millis() -> impl Strategy<Value = i64> {
    const YEARS_9999: i64 = 377_000_000_000_000;
    prop_oneof![
        any::<i64>(),
        -YEARS_9999..YEARS_9999,
        -1000..1000i64,
        Just(i64::MIN),
        Just(i64::MAX),
        Just(253_402_300_799_999),
        Just(253_402_300_800_000),
    ]
}

/// Nanoseconds since the epoch, within the years 0 to 9999.
fn nanos() -> impl Strategy<Value = i128> {
    const YEAR_0: i128 = -62_167_132_800;
    const YEAR_9999: i128 = 253_402_207_200;
    const NANOS: i128 = 1_000_000_000;
    prop_oneof![YEAR_0 * NANOS..YEAR_9999 * NANOS, -3_000_000..3_000_000i128,]
}

fn chrono_time(nanos: i128) -> ChronoUtc {
    let seconds = nanos.div_euclid(1_000_000_000) as i64;
    let subsecond = nanos.rem_euclid(1_000_000_000) as u32;
    Utc.timestamp_opt(seconds, subsecond)
        .single()
        .expect("the year is in range")
}

fn time_time(nanos: i128) -> time::OffsetDateTime {
    time::OffsetDateTime::from_unix_timestamp_nanos(nanos).expect("the year is in range")
}

fn jiff_time(nanos: i128) -> jiff::Timestamp {
    jiff::Timestamp::from_nanosecond(nanos).expect("the year is in range")
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn a_timestamp_converts_and_back_or_is_out_of_range(millis in millis()) {
        let timestamp = Timestamp::from_millis(millis);
        match ChronoUtc::try_from(timestamp) {
            Ok(time) => {
                prop_assert_eq!(time.timestamp_millis(), millis);
                prop_assert_eq!(Timestamp::from(time), timestamp);
                let elsewhere = time.with_timezone(&FixedOffset::east_opt(-3600).expect("an offset"));
                prop_assert_eq!(Timestamp::from(elsewhere), timestamp);
            }
            Err(_) => prop_assert!(ChronoUtc::from_timestamp_millis(millis).is_none()),
        }
        match time::OffsetDateTime::try_from(timestamp) {
            Ok(time) => {
                prop_assert_eq!(time.unix_timestamp_nanos(), i128::from(millis) * 1_000_000);
                prop_assert_eq!(Timestamp::from(time), timestamp);
            }
            Err(_) => prop_assert!(time::OffsetDateTime::from_unix_timestamp(millis.div_euclid(1000)).is_err()),
        }
        match jiff::Timestamp::try_from(timestamp) {
            Ok(time) => {
                prop_assert_eq!(time.as_millisecond(), millis);
                prop_assert_eq!(Timestamp::from(time), timestamp);
            }
            Err(_) => prop_assert!(jiff::Timestamp::from_nanosecond(i128::from(millis) * 1_000_000).is_err()),
        }
    }

    #[test]
    fn all_types_truncate_a_time_to_the_same_timestamp(nanos in nanos()) {
        let expected = Timestamp::from_millis((nanos / 1_000_000) as i64);
        prop_assert_eq!(Timestamp::from(chrono_time(nanos)), expected);
        prop_assert_eq!(Timestamp::from(time_time(nanos)), expected);
        prop_assert_eq!(Timestamp::from(jiff_time(nanos)), expected);
        prop_assert_eq!(Timestamp::from(SystemTime::from(time_time(nanos))), expected);
    }

    #[test]
    fn a_string_keeps_the_nanoseconds_and_the_offset(nanos in nanos(), minutes in -1439..=1439i32) {
        let time = chrono_time(nanos);
        let local = time.with_timezone(&FixedOffset::east_opt(minutes * 60).expect("an offset"));
        let string = DateTime::from(local);
        let parsed = ChronoFixed::try_from(&string)?;
        prop_assert_eq!(parsed, local);
        prop_assert_eq!(parsed.offset(), local.offset());
        prop_assert_eq!(ChronoUtc::try_from(&string)?, time);
        prop_assert_eq!(jiff::Timestamp::try_from(&string)?, jiff_time(nanos));

        let offset = time::UtcOffset::from_whole_seconds(minutes * 60)?;
        let local = time_time(nanos).to_offset(offset);
        prop_assert_eq!(time::OffsetDateTime::try_from(&string)?, local);
        let string = DateTime::from(local);
        let parsed = time::OffsetDateTime::try_from(&string)?;
        prop_assert_eq!(parsed, local);
        prop_assert_eq!(parsed.offset(), offset);
        prop_assert_eq!(ChronoUtc::try_from(&string)?, time);

        let string = DateTime::from(jiff_time(nanos));
        prop_assert_eq!(jiff::Timestamp::try_from(&string)?, jiff_time(nanos));
        prop_assert_eq!(ChronoUtc::try_from(&string)?, time);
    }

    #[test]
    fn any_string_is_parsed_or_rejected(string in "\\PC{0,40}|[0-9TZ:+. -]{0,40}") {
        let string = DateTime::from(string);
        let fixed = ChronoFixed::try_from(&string);
        let utc = ChronoUtc::try_from(&string);
        prop_assert_eq!(fixed.is_ok(), utc.is_ok());
        let error = fixed.err();
        let others = [
            time::OffsetDateTime::try_from(&string).err(),
            jiff::Timestamp::try_from(&string).err(),
        ];
        for error in others.into_iter().chain([error]).flatten() {
            prop_assert_eq!(error.to_string(), "the string is not an RFC 3339 timestamp");
        }
    }
}

#[test]
fn the_range_of_each_type_is_its_own() {
    let of_chrono = (
        ChronoUtc::MIN_UTC.timestamp_millis(),
        ChronoUtc::MAX_UTC.timestamp_millis(),
    );
    assert_eq!(range::<ChronoUtc>(), of_chrono);
    // The years -9999 to 9999.
    assert_eq!(
        range::<time::OffsetDateTime>(),
        (-377_705_116_800_000, 253_402_300_799_999)
    );
    let of_jiff = (
        jiff::Timestamp::MIN.as_millisecond(),
        jiff::Timestamp::MAX.as_millisecond(),
    );
    assert_eq!(range::<jiff::Timestamp>(), of_jiff);

    for millis in [i64::MIN, i64::MAX] {
        let error: TimestampRangeError =
            ChronoUtc::try_from(Timestamp::from_millis(millis)).expect_err("it is out of range");
        assert_eq!(
            error.to_string(),
            "the timestamp is out of the range of the date-time type"
        );
    }
}

#[test]
fn the_extremes_of_each_type_become_timestamps_and_strings() {
    assert_eq!(
        Timestamp::from(ChronoUtc::MAX_UTC).as_millis(),
        8_210_266_876_799_999
    );
    assert_eq!(
        Timestamp::from(ChronoUtc::MIN_UTC).as_millis(),
        -8_334_601_228_800_000
    );
    // RFC 3339 has no such years, so they are milliseconds, as `Timestamp` displays them.
    assert_eq!(
        DateTime::from(ChronoUtc::MAX_UTC).as_str(),
        "8210266876799999"
    );
    assert_eq!(
        DateTime::from(ChronoUtc::MIN_UTC).as_str(),
        "-8334601228800000"
    );
    assert_eq!(
        DateTime::from(jiff::Timestamp::MIN).as_str(),
        jiff::Timestamp::MIN.as_millisecond().to_string()
    );
    assert_eq!(
        DateTime::from(time_time(-377_705_116_800_000_000_000)).as_str(),
        "-377705116800000"
    );
    // The year is that of the offset.
    let offset = FixedOffset::east_opt(3600).expect("an offset");
    let last = chrono_time(253_402_300_799_000_000_000);
    assert_eq!(DateTime::from(last).as_str(), "9999-12-31T23:59:59Z");
    assert_eq!(
        DateTime::from(last.with_timezone(&offset)).as_str(),
        "9999-12-31T23:59:59.000Z"
    );
    let extreme = ChronoUtc::MAX_UTC.with_timezone(&offset);
    assert_eq!(DateTime::from(extreme).as_str(), "8210266876799999");
}

#[test]
fn an_offset_with_seconds_becomes_utc() {
    let offset = FixedOffset::east_opt(1172).expect("an offset");
    let time = chrono_time(1_735_689_600_000_000_001);
    assert_eq!(
        DateTime::from(time.with_timezone(&offset)).as_str(),
        "2025-01-01T00:00:00.000000001Z"
    );
    let offset = time::UtcOffset::from_whole_seconds(1172).expect("an offset");
    let time = time_time(1_735_689_600_000_000_001).to_offset(offset);
    assert_eq!(
        DateTime::from(time).as_str(),
        "2025-01-01T00:00:00.000000001Z"
    );
}

#[test]
fn a_leap_second_is_the_end_of_its_minute() {
    let string = DateTime::from("2016-12-31T23:59:60Z");
    let time = ChronoUtc::try_from(&string).expect("chrono has leap seconds");
    assert_eq!(DateTime::from(time), string);
    // 2017-01-01T00:00:00Z: milliseconds since the epoch do not count leap seconds.
    assert_eq!(Timestamp::from(time), Timestamp::from_secs(1_483_228_800));
    let time = time::OffsetDateTime::try_from(&string).expect("time accepts leap seconds");
    assert_eq!(time.unix_timestamp(), 1_483_228_799);
    let time = jiff::Timestamp::try_from(&string).expect("jiff accepts leap seconds");
    assert_eq!(time.as_second(), 1_483_228_799);
    let invalid = DateTime::from("2016-12-31T23:59:61Z");
    let error: ParseDateTimeError =
        ChronoUtc::try_from(&invalid).expect_err("it is no leap second");
    assert_eq!(time::OffsetDateTime::try_from(&invalid), Err(error));
    assert_eq!(jiff::Timestamp::try_from(&invalid), Err(error));
}

#[test]
fn setters_take_the_types_of_all_crates() {
    let nanos = 1_735_689_600_000_999_999;
    let expected = Some(Timestamp::from_secs(1_735_689_600));
    let params = user::ListParams::new;
    assert_eq!(
        params()
            .created_at_after(chrono_time(nanos))
            .created_at_after,
        expected
    );
    assert_eq!(
        params().created_at_after(time_time(nanos)).created_at_after,
        expected
    );
    assert_eq!(
        params().created_at_after(jiff_time(nanos)).created_at_after,
        expected
    );

    let expected = Nullable::Value(Timestamp::from_secs(1_735_689_600));
    assert_eq!(Nullable::from(chrono_time(nanos)), expected);
    assert_eq!(Nullable::from(time_time(nanos)), expected);
    assert_eq!(Nullable::from(jiff_time(nanos)), expected);

    let expected = Nullable::Value(DateTime::from("2025-01-01T00:00:00.000999999Z"));
    assert_eq!(Nullable::from(chrono_time(nanos)), expected);
    assert_eq!(Nullable::from(time_time(nanos)), expected);
    assert_eq!(Nullable::from(jiff_time(nanos)), expected);
}
