//! Request paths: the version prefix and percent-encoding.

/// Returns a path without its `/v1` prefix.
pub(crate) fn strip_version(path: &str) -> &str {
    match path.strip_prefix("/v1") {
        Some(rest) if rest.starts_with('/') => rest,
        _ => path,
    }
}

/// Decodes a percent-encoded string; `None` if the result is not UTF-8.
pub(crate) fn percent_decode(encoded: &str) -> Option<String> {
    let decoded = percent_encoding::percent_decode_str(encoded)
        .decode_utf8()
        .ok()?;
    Some(decoded.into_owned())
}
