//! The digest of a credential, under which results about it are stored instead of the credential itself.

use crate::crypto::digest;

/// A SHA-256 digest. It must be collision resistant: two credentials with the same digest would be interchangeable.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub(in crate::auth) struct CredentialDigest([u8; digest::SHA256_OUTPUT_LEN]);

impl CredentialDigest {
    /// Computes the digest of a credential that consists of several parts, none of which contains a null byte.
    pub(in crate::auth) fn of(parts: &[&str]) -> Self {
        let mut context = digest::Context::new(&digest::SHA256);
        for part in parts {
            context.update(part.as_bytes());
            context.update(&[0]);
        }
        let mut bytes = [0; digest::SHA256_OUTPUT_LEN];
        bytes.copy_from_slice(context.finish().as_ref());
        Self(bytes)
    }
}
