//! Reports all failures of a test at once, instead of only the first.

/// Panics with all failures, if there are any.
pub(crate) fn assert_no_failures(failures: &[String]) {
    let count = failures.len();
    assert!(
        failures.is_empty(),
        "{count} failures\n{}",
        failures.join("\n")
    );
}
