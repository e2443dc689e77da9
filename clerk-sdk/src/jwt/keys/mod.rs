//! Public keys: how they are parsed, where a verifier takes them from, and how Clerk's are fetched and cached.

mod algorithm;
mod jwk;
mod jwks_cache;
mod jwks_fetch;
mod key_material;
mod key_set;
mod key_source;
mod pem;
mod public_key;
mod refetch_limit;

pub(crate) use algorithm::Algorithm;
pub use jwks_fetch::Jwks;
pub use key_set::KeySet;
pub use key_source::Keys;
pub use public_key::Key;
