//! Header values that contain credentials.

use http::HeaderValue;

/// Creates a header value whose `Debug` output is redacted, or `None` if `value` is not valid in a header.
pub(super) fn sensitive_header_value(value: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::try_from(value).ok()?;
    value.set_sensitive(true);
    Some(value)
}
