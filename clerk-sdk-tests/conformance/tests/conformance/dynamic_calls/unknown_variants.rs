//! Detects the catch-all variants of the SDK's enums and unions, which hold values that this version does not know.

/// Returns whether a `Debug` output contains a catch-all variant.
pub(super) fn shows_unknown_variant(debug_output: &str) -> bool {
    ["Unknown(", "Unrecognized(", "UnknownValue("]
        .iter()
        .any(|variant| debug_output.contains(variant))
}
