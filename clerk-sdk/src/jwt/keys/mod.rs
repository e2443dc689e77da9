//! Public keys: how they are parsed, where a verifier takes them from, and how Clerk's are fetched and cached.

mod algorithm;
mod jwk;
mod jwk_set;
mod jwks_cache;
mod jwks_fetch;
mod key_error;
mod key_material;
mod key_source;
mod pem;
mod public_key;
mod refetch_limit;

pub(crate) use algorithm::Algorithm;
pub use jwk_set::JwkSet;
pub use jwks_fetch::RemoteJwks;
pub use key_error::{KeyError, KeyErrorKind};
pub use key_source::KeySource;
pub use public_key::VerifyingKey;
