//! ring.

#[cfg(feature = "test-util")]
pub(crate) use ring::rand;
pub(crate) use ring::signature;

use ring::error::Unspecified;
use signature::{RSA_PKCS1_2048_8192_SHA256, RsaParameters, RsaPublicKeyComponents};

/// An RSA public key. ring parses it again for each signature.
pub(crate) struct RsaKey(RsaPublicKeyComponents<Vec<u8>>);

impl RsaKey {
    /// Creates a key of a modulus and an exponent, both big-endian and without leading zeros.
    pub(crate) fn new(n: Vec<u8>, e: Vec<u8>) -> Self {
        Self(RsaPublicKeyComponents { n, e })
    }

    /// The length of the modulus in bytes.
    pub(crate) fn modulus_len(&self) -> usize {
        self.0.n.len()
    }

    pub(crate) fn verify_sha256(
        &self,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), Unspecified> {
        self.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
    }

    pub(crate) fn verify(
        &self,
        parameters: &'static RsaParameters,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), Unspecified> {
        self.0.verify(parameters, message, signature)
    }
}
