//! Counts in sentences: `1 file`, `2 files`.

/// Formats a count with its noun, which forms its plural with an `s`.
pub(crate) fn count(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}
