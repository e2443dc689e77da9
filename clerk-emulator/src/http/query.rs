//! Query parameters that are not plain strings: numbers, booleans, and lists of included and excluded values.

use std::ops::RangeInclusive;
use std::str::FromStr;

use crate::http::request::RecordedRequest;
use crate::http::response::ErrorResponse;

/// Parses a numeric parameter, which must be in `range`.
pub(crate) fn number_in_range(
    request: &RecordedRequest,
    name: &str,
    default: usize,
    range: RangeInclusive<usize>,
) -> Result<usize, ErrorResponse> {
    let Some(value) = request.query_value(name) else {
        return Ok(default);
    };
    // Clients whose type of the parameter is a float send `10.0`.
    let digits = value.strip_suffix(".0").unwrap_or(&value);
    let number = digits.parse().ok().filter(|number| range.contains(number));
    let out_of_range = || {
        let message = "The value is out of range.";
        ErrorResponse::param("form_param_value_invalid", name, message)
    };
    number.ok_or_else(out_of_range)
}

/// Parses an optional parameter into a `T`.
pub(crate) fn parse_optional<T: FromStr>(
    request: &RecordedRequest,
    name: &str,
) -> Result<Option<T>, ErrorResponse> {
    let Some(value) = request.query_value(name) else {
        return Ok(None);
    };
    value.parse().map(Some).map_err(|_| {
        let message = "The value has an invalid format.";
        ErrorResponse::param("form_param_format_invalid", name, message)
    })
}

/// Returns whether an object matches the values of a filter. Values with `-` exclude objects, and those with `+` or nothing
/// include only those objects. `has_value` returns whether the object has a value.
pub(crate) fn matches_signed(values: &[String], has_value: impl Fn(&str) -> bool) -> bool {
    let values = values.iter().map(String::as_str);
    let (excluded, included): (Vec<&str>, Vec<&str>) =
        values.partition(|value| value.starts_with('-'));
    let is_included = |value: &&str| has_value(value.strip_prefix('+').unwrap_or(value));
    let is_excluded = |value: &&str| has_value(&value[1..]);
    (included.is_empty() || included.iter().any(is_included)) && !excluded.iter().any(is_excluded)
}
