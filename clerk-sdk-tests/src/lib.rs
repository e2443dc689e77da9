//! What the tests of `clerk-sdk` share: an emulator with a known signing key, and signers of tokens.

mod emulator;
mod tokens;

// Code samples of `clerk-sdk`, compiled as documentation tests.
#[cfg(doctest)]
mod doctests;

pub use clerk_emulator::{RecordedRequest, StubbedResponse, UploadedFile};
pub use emulator::Emulator;
pub use tokens::signer::Signer;
