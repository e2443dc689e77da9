//! The README's code, compiled as documentation tests.
#![cfg(doctest)]

#[doc = include_str!("../../README.md")]
struct Readme;
