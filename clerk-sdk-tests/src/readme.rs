//! The README's code, compiled as documentation tests.
#![cfg(doctest)]

#[doc = include_str!("../../README.md")]
struct Readme;

/// What an organization needs is an argument.
///
/// ```compile_fail,E0061
/// clerk_sdk::organization::CreateParams::new();
/// ```
///
/// Fields may be added, so a struct is not written out.
///
/// ```compile_fail,E0639
/// clerk_sdk::user::CountParams { query: None };
/// ```
///
/// A call that is not awaited does nothing, and says so.
///
/// ```compile_fail
/// #![deny(unused_must_use)]
/// clerk_sdk::user::ban("user_1");
/// ```
struct Misuses;
