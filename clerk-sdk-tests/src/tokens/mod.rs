//! Signed tokens: signers for all supported algorithms.

mod private_key;
mod public_key;
pub(crate) mod signer;
