//! The limits on tokens and keys, and the defaults of a verifier.

use std::time::Duration;

/// The default leeway for clock skew, 5 seconds. See [`Verifier::leeway`](crate::jwt::Verifier::leeway).
pub const DEFAULT_LEEWAY: Duration = Duration::from_secs(5);

/// The maximum length of a token. Browsers limit a cookie to 4096 bytes.
pub const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// The maximum length of an encoded header, which has a handful of short members.
pub(crate) const MAX_HEADER_BYTES: usize = 1024;

/// The maximum length of a key id. Clerk's are about 30 bytes long.
pub(crate) const MAX_KEY_ID_BYTES: usize = 256;

/// The minimum length of an RSA modulus: 2048 bits. Shorter keys can be factored.
pub(crate) const MIN_RSA_BYTES: usize = 256;

/// The maximum length of an RSA modulus: 8192 bits. `ring` rejects longer keys, and verifying with them would
/// be too slow.
pub(crate) const MAX_RSA_BYTES: usize = 1024;
