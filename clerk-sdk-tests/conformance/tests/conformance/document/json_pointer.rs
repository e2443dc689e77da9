//! Escaping of JSON Pointer segments (RFC 6901).

/// Escapes a member name for use as one segment of a JSON pointer.
pub(crate) fn escape_segment(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Returns the member name that a segment of a JSON pointer refers to.
pub(crate) fn unescape_segment(segment: &str) -> String {
    segment.replace("~1", "/").replace("~0", "~")
}
