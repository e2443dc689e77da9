//! Timestamps: RFC 3339 strings in requests, milliseconds since the Unix epoch in responses.

use std::time::UNIX_EPOCH;

use serde_json::Value;

/// Converts an RFC 3339 string, such as `2026-05-12T08:00:00Z`, to milliseconds since the Unix epoch.
pub(crate) fn parse_timestamp(value: &Value) -> Option<i64> {
    let time = humantime::parse_rfc3339(value.as_str()?).ok()?;
    let since_epoch = time.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since_epoch.as_millis()).ok()
}
