//! The `Retry-After` header, as seconds or as a date.

use std::time::{Duration, SystemTime};

use http::header::RETRY_AFTER;

use crate::exchange::Exchange;

/// The longest wait that any `Retry-After` header of the response asks for: proxies may add their own.
pub(super) fn longest(exchange: &Exchange) -> Option<Duration> {
    let values = exchange.headers.get_all(RETRY_AFTER).into_iter();
    let values = values.filter_map(|value| value.to_str().ok());
    values
        .filter_map(|value| until_date(exchange, value).max(longest_in_seconds(value)))
        .max()
}

/// The time from the date of the response to `date`, so that the clock of this machine does not matter.
fn until_date(exchange: &Exchange, date: &str) -> Option<Duration> {
    let parse = |value: &str| httpdate::parse_http_date(value).ok();
    let date = parse(date.trim())?;
    let responded = exchange.header("date").and_then(parse);
    let responded = responded.unwrap_or_else(SystemTime::now);
    Some(date.duration_since(responded).unwrap_or_default())
}

/// The largest of the numbers of seconds in a comma-separated list.
fn longest_in_seconds(value: &str) -> Option<Duration> {
    let items = value.split(',').map(str::trim);
    let numbers =
        items.filter(|item| !item.is_empty() && item.bytes().all(|byte| byte.is_ascii_digit()));
    // A number that is too large for a `u64` is a very long time.
    let seconds = numbers.map(|item| item.parse().unwrap_or(u64::MAX)).max()?;
    Some(Duration::from_secs(seconds))
}
