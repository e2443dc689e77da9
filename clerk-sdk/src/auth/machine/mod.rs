//! Machine tokens: API keys, machine-to-machine tokens and OAuth access tokens.

mod audience;
mod cache;
mod error;
mod jwt_token;
mod opaque_token;
mod verified_machine;
mod verifier;

pub use error::MachineError;
pub use verified_machine::MachineAuth;
#[cfg(feature = "test-util")]
pub(crate) use verified_machine::MachineDetails;
pub use verifier::MachineVerifier;
