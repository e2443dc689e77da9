//! Signing secrets, and the signatures that they make.

use std::fmt;

use base64::Engine;
use base64::alphabet::STANDARD as STANDARD_ALPHABET;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};

use subtle::ConstantTimeEq;

use super::error::SecretError;
use crate::crypto::hmac::{self, HMAC_SHA256};

/// Accepts base64 with and without padding: what is copied by hand often lacks it.
const LENIENT_BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD_ALPHABET,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The key of an endpoint. It prints as `[redacted]`.
#[derive(Clone)]
pub(crate) struct SigningSecret(hmac::Key);

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl SigningSecret {
    /// Parses a secret, which is base64 with the prefix `whsec_`; the prefix can be missing.
    pub(crate) fn parse(secret: &str) -> Result<Self, SecretError> {
        let secret = secret.trim_ascii();
        let key = secret.strip_prefix("whsec_").unwrap_or(secret);
        let key = LENIENT_BASE64
            .decode(key)
            .map_err(|_| SecretError::NotBase64)?;
        match &*key {
            [] => Err(SecretError::Empty),
            key => Ok(Self(hmac::Key::new(HMAC_SHA256, key))),
        }
    }

    /// Returns whether one of the signatures, in base64, is that of the message with this secret. A comparison takes the
    /// same time wherever they differ.
    pub(crate) fn signed_any<'s>(
        &self,
        message: &SignedContent<'_>,
        mut signatures: impl Iterator<Item = &'s [u8]>,
    ) -> bool {
        let expected = self.tag(message);
        signatures.any(|signature| {
            let signature = STANDARD.decode(signature);
            signature.is_ok_and(|signature| expected.as_ref().ct_eq(&signature).into())
        })
    }

    /// Returns the signature of a message, in base64.
    #[cfg(feature = "test-util")]
    pub(crate) fn sign(&self, message: &SignedContent<'_>) -> String {
        STANDARD.encode(self.tag(message))
    }

    fn tag(&self, message: &SignedContent<'_>) -> hmac::Tag {
        let mut context = hmac::Context::with_key(&self.0);
        for part in [message.id, b".", message.timestamp, b".", message.body] {
            context.update(part);
        }
        context.sign()
    }
}

/// What is signed: the id, the timestamp and the body.
#[derive(Clone, Copy)]
pub(crate) struct SignedContent<'m> {
    pub(crate) id: &'m [u8],
    /// Seconds since the Unix epoch, in decimal digits.
    pub(crate) timestamp: &'m [u8],
    pub(crate) body: &'m [u8],
}
