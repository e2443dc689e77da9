//! A public key, and the verification of signatures with it.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use super::algorithm::Algorithm;
use super::key_error::KeyError;
use super::key_material::KeyMaterial;
use super::{jwk, pem};
use crate::crypto::signature::{self, UnparsedPublicKey};
use crate::jwt::token_error::{TokenError, TokenErrorKind};

/// A public key of a Clerk instance. It is cheap to clone.
#[derive(Clone)]
pub struct VerifyingKey(Arc<Inner>);

struct Inner {
    material: KeyMaterial,
    /// The only algorithm that the key may be used with, if it names one.
    algorithm: Option<Algorithm>,
}

impl VerifyingKey {
    /// Parses a public key in PEM, as the Clerk Dashboard shows it under "JWKS public key".
    ///
    /// The `BEGIN` and `END` lines may be missing, and line breaks may be written as `\n`, as is common in
    /// environment variables.
    ///
    /// # Errors
    ///
    /// Returns an error if it is not a public key, or one of a type that Clerk does not sign with.
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        Self::new(pem::parse(pem)?, None)
    }

    /// Parses a public key from a JSON Web Key, such as one of `clerk_sdk::jwks::get`.
    ///
    /// # Errors
    ///
    /// Returns an error if it is not a public key, not for signatures, or of a type that Clerk does not sign
    /// with.
    pub fn from_jwk(jwk: &Value) -> Result<Self, KeyError> {
        let (material, algorithm) = jwk::parse(jwk)?;
        Self::new(material, algorithm)
    }

    fn new(material: KeyMaterial, algorithm: Option<Algorithm>) -> Result<Self, KeyError> {
        material.check_length()?;
        Ok(Self(Arc::new(Inner {
            material,
            algorithm,
        })))
    }

    /// Verifies a signature over `message`.
    pub(crate) fn verify(
        &self,
        algorithm: Algorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), TokenError> {
        if self.0.algorithm.is_some_and(|own| own != algorithm) {
            return Err(TokenError::new(TokenErrorKind::WrongKeyType));
        }
        let verified = match (&self.0.material, algorithm) {
            (KeyMaterial::Rsa(key), Algorithm::Rs256) => key.verify_sha256(message, signature),
            (KeyMaterial::Rsa(key), Algorithm::Rs384) => {
                key.verify(&signature::RSA_PKCS1_2048_8192_SHA384, message, signature)
            }
            (KeyMaterial::Rsa(key), Algorithm::Rs512) => {
                key.verify(&signature::RSA_PKCS1_2048_8192_SHA512, message, signature)
            }
            (KeyMaterial::P256(point), Algorithm::Es256) => {
                UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, point)
                    .verify(message, signature)
            }
            (KeyMaterial::P384(point), Algorithm::Es384) => {
                UnparsedPublicKey::new(&signature::ECDSA_P384_SHA384_FIXED, point)
                    .verify(message, signature)
            }
            (KeyMaterial::Ed25519(point), Algorithm::EdDsa) => {
                UnparsedPublicKey::new(&signature::ED25519, point).verify(message, signature)
            }
            _ => return Err(TokenError::new(TokenErrorKind::WrongKeyType)),
        };
        verified.map_err(|_| TokenError::new(TokenErrorKind::InvalidSignature))
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let description = self.0.material.description();
        f.debug_tuple("VerifyingKey").field(&description).finish()
    }
}
