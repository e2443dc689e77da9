//! aws-lc.

#[cfg(feature = "test-util")]
pub(crate) use aws_lc_rs::rand;
pub(crate) use aws_lc_rs::signature;

use aws_lc_rs::error::Unspecified;
use signature::{
    ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaParameters, RsaPublicKeyComponents,
};

/// An RSA public key. For SHA-256, which Clerk signs with, it is parsed once.
pub(crate) struct RsaKey {
    components: RsaPublicKeyComponents<Vec<u8>>,
    for_sha256: Option<ParsedPublicKey>,
}

impl RsaKey {
    /// Creates a key of a modulus and an exponent, both big-endian and without leading zeros.
    pub(crate) fn new(n: Vec<u8>, e: Vec<u8>) -> Self {
        let components = RsaPublicKeyComponents { n, e };
        let for_sha256 = components.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256);
        Self {
            for_sha256: for_sha256.ok(),
            components,
        }
    }

    /// The length of the modulus in bytes.
    pub(crate) fn modulus_len(&self) -> usize {
        self.components.n.len()
    }

    pub(crate) fn verify_sha256(
        &self,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), Unspecified> {
        let key = self.for_sha256.as_ref().ok_or(Unspecified)?;
        key.verify_sig(message, signature)
    }

    pub(crate) fn verify(
        &self,
        parameters: &'static RsaParameters,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), Unspecified> {
        self.components.verify(parameters, message, signature)
    }
}
