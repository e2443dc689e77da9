//! Private keys of all supported algorithms: loading, generation and signing.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
    RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RsaKeyPair,
};

/// A private key.
pub(crate) enum PrivateKey {
    Rsa(RsaKeyPair),
    Ecdsa(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl PrivateKey {
    /// Loads an RSA key from this repository.
    pub(crate) fn from_rsa_pkcs8(der: &[u8]) -> Self {
        let key = RsaKeyPair::from_pkcs8(der).expect("the keys in this repository are RSA keys");
        Self::Rsa(key)
    }

    /// Generates a key for `ES256`, `ES384` or `EdDSA`.
    ///
    /// # Panics
    ///
    /// Panics if the algorithm is not one of these.
    pub(crate) fn generate(algorithm: &str) -> Self {
        let random = SystemRandom::new();
        let curve = match algorithm {
            "ES256" => &ECDSA_P256_SHA256_FIXED_SIGNING,
            "ES384" => &ECDSA_P384_SHA384_FIXED_SIGNING,
            "EdDSA" => {
                let pkcs8 = Ed25519KeyPair::generate_pkcs8(&random);
                let pkcs8 = pkcs8.expect("key generation succeeds");
                let key = Ed25519KeyPair::from_pkcs8(pkcs8.as_ref());
                return Self::Ed25519(key.expect("a generated key is valid"));
            }
            other => panic!("cannot generate a key for {other}"),
        };
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(curve, &random);
        let pkcs8 = pkcs8.expect("key generation succeeds");
        let key = EcdsaKeyPair::from_pkcs8(curve, pkcs8.as_ref());
        Self::Ecdsa(key.expect("a generated key is valid"))
    }

    /// Signs a message. `algorithm` selects the hash function of an RSA signature.
    pub(crate) fn sign(&self, algorithm: &str, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Rsa(key) => {
                let padding = match algorithm {
                    "RS384" => &RSA_PKCS1_SHA384,
                    "RS512" => &RSA_PKCS1_SHA512,
                    _ => &RSA_PKCS1_SHA256,
                };
                let mut signature = vec![0; key.public_modulus_len()];
                let signed = key.sign(padding, &random, message, &mut signature);
                signed.expect("the signature is as long as the modulus");
                signature
            }
            Self::Ecdsa(key) => {
                let signature = key.sign(&random, message);
                let signature = signature.expect("the system provides randomness");
                signature.as_ref().to_vec()
            }
            Self::Ed25519(key) => key.sign(message).as_ref().to_vec(),
        }
    }
}
