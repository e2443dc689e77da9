//! Tests of the traits and sizes of public types.

use std::mem::size_of;

use clerk_sdk::Error;

#[test]
fn errors_are_small() {
    // Every `Result` of a call has this size at least.
    assert!(size_of::<Error>() <= 72, "{}", size_of::<Error>());
}
