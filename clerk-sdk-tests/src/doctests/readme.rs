//! The code samples of the README.

#[doc = include_str!("../../../README.md")]
struct Readme;
