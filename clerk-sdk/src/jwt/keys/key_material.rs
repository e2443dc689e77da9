//! The numbers that a public key consists of, and the lengths they may have.

use super::key_error::{KeyError, KeyErrorKind};
use crate::crypto::RsaKey;
use crate::jwt::limits::{MAX_RSA_BYTES, MIN_RSA_BYTES};

pub(super) enum KeyMaterial {
    Rsa(RsaKey),
    P256(Vec<u8>),
    P384(Vec<u8>),
    Ed25519(Vec<u8>),
}

impl KeyMaterial {
    /// Drops leading zeros, which some encoders write and the cryptography libraries reject.
    pub(super) fn rsa(n: &[u8], e: &[u8]) -> Self {
        let without_zeros = |number: &[u8]| {
            let start = number.iter().position(|byte| *byte != 0);
            number[start.unwrap_or(number.len())..].to_vec()
        };
        Self::Rsa(RsaKey::new(without_zeros(n), without_zeros(e)))
    }

    pub(super) fn check_length(&self) -> Result<(), KeyError> {
        let (length, expected) = match self {
            Self::Rsa(key) if key.modulus_len() < MIN_RSA_BYTES => {
                return Err(KeyError::new(KeyErrorKind::TooShort));
            }
            Self::Rsa(key) if key.modulus_len() > MAX_RSA_BYTES => {
                return Err(KeyError::new(KeyErrorKind::TooLong));
            }
            Self::Rsa(_) => return Ok(()),
            Self::P256(point) => (point.len(), 65),
            Self::P384(point) => (point.len(), 97),
            Self::Ed25519(point) => (point.len(), 32),
        };
        match length == expected {
            true => Ok(()),
            false => Err(KeyError::not_jwk("its length does not match its curve")),
        }
    }

    /// The kind of key and its size, for `Debug`.
    pub(super) fn description(&self) -> String {
        match self {
            Self::Rsa(key) => format!("RSA, {} bits", key.modulus_len() * 8),
            Self::P256(_) => "P-256".to_owned(),
            Self::P384(_) => "P-384".to_owned(),
            Self::Ed25519(_) => "Ed25519".to_owned(),
        }
    }
}
