//! What the tests of `clerk-sdk` share: an emulator with a known signing key, signers of tokens, and a
//! comparison of JSON.

mod emulator;
mod json_differences;
mod tokens;

// Code samples of `clerk-sdk`, compiled as documentation tests.
#[cfg(doctest)]
mod doctests;

pub use clerk_emulator::{RecordedRequest, StubbedResponse, UploadedFile};
pub use emulator::Emulator;
pub use json_differences::{UNKNOWN_FIELD, json_differences};
pub use tokens::signer::Signer;
