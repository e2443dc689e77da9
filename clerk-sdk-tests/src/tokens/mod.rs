//! Signed tokens: the emulator's signing key, its key set and its session tokens.

pub(crate) mod jwks;
mod private_key;
mod public_key;
pub(crate) mod session_token;
pub(crate) mod signer;
