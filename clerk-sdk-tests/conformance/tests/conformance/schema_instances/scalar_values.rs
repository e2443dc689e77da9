//! Generates strings and integers within the limits, formats and patterns of a schema.

use serde_json::{Map, Value, json};

use super::generation_error::{GenerationError, unsupported};
use super::regex_strings::matching_string;

/// Generates an integer within the schema's limits.
pub(super) fn generate_integer(keywords: &Map<String, Value>, name: &str) -> i64 {
    let limit = |keyword: &str| keywords.get(keyword).and_then(Value::as_f64);
    let exclusive = |keyword: &str| i64::from(keywords.get(keyword) == Some(&json!(true)));
    let lowest = limit("minimum").map_or(0, |it| it.ceil() as i64) + exclusive("exclusiveMinimum");
    match limit("maximum") {
        Some(highest) => {
            let span = highest as i64 - exclusive("exclusiveMaximum") - lowest + 1;
            lowest + (seed_from_name(name) % span.max(1) as u64) as i64
        }
        None if keywords.get("format") == Some(&json!("int32")) => {
            lowest + (seed_from_name(name) % 1_000_000) as i64
        }
        // Exceeds 32 bits, as timestamps in milliseconds do.
        None => lowest + 1_700_000_000_000 + (seed_from_name(name) % 1_000_000) as i64,
    }
}

/// Generates a string that the schema allows. If the schema permits it, the string contains characters that every
/// encoding has to escape.
pub(super) fn generate_string(
    pointer: &str,
    keywords: &Map<String, Value>,
    name: &str,
) -> Result<String, GenerationError> {
    let limit = |keyword: &str| keywords.get(keyword).and_then(Value::as_u64);
    let seed = seed_from_name(name);
    let whole = match keywords.get("format").and_then(Value::as_str) {
        Some("date-time") => format!("2026-01-02T03:04:{:02}.000Z", seed % 60),
        Some("date") => format!("2026-01-{:02}", seed % 28 + 1),
        Some("email") => format!("ada{}@example.com", seed % 1000),
        Some("uri" | "url") => format!("https://example.com/{}?a=b&c=%20", seed % 1000),
        Some("uuid") => format!("00000000-0000-4000-8000-{:012}", seed % 1000),
        None | Some("binary" | "password" | "decimal") => {
            format!("{name} +&=%/?#\"\u{e4}\u{1f980}")
        }
        Some(format) => return unsupported(pointer, &format!("the format `{format}`")),
    };
    let max_length = limit("maxLength").map_or(usize::MAX, |it| it as usize);
    let excess = whole.chars().count().saturating_sub(max_length);
    let candidate: String = whole.chars().skip(excess).collect();
    let Some(pattern) = keywords.get("pattern").and_then(Value::as_str) else {
        return Ok(candidate);
    };
    matching_string(pattern, &candidate, seed).or_else(|error| unsupported(pointer, &error))
}

/// Hashes a name to a number (FNV-1a), so that fields with different names get different values, and every run gets
/// the same values.
pub(super) fn seed_from_name(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    }) >> 8
}
