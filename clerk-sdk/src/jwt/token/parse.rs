//! Splits a token into its three parts. The claims stay encoded until the signature has been verified.

use super::header::Header;
use crate::jwt::base64url;
use crate::jwt::keys::VerifyingKey;
use crate::jwt::limits::MAX_TOKEN_BYTES;
use crate::jwt::token_error::{TokenError, TokenErrorKind};

/// A token whose header has been decoded.
pub(crate) struct ParsedToken<'t> {
    pub(crate) header: Header,
    /// The encoded header and claims, which the signature is over.
    signed: &'t str,
    claims: &'t str,
    signature: &'t str,
}

impl<'t> ParsedToken<'t> {
    pub(crate) fn parse(token: &'t str) -> Result<Self, TokenError> {
        if token.is_empty() {
            return Err(TokenError::new(TokenErrorKind::Missing));
        }
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::too_long(MAX_TOKEN_BYTES));
        }
        let parts = token.rsplit_once('.').and_then(|(signed, signature)| {
            let (header, claims) = signed.split_once('.')?;
            Some((signed, header, claims, signature))
        });
        let (signed, header, claims, signature) = parts
            .filter(|(_, _, claims, _)| !claims.contains('.'))
            .ok_or(TokenError::malformed("it does not have three parts"))?;
        Ok(Self {
            header: Header::parse(header)?,
            signed,
            claims,
            signature,
        })
    }

    pub(crate) fn key_id(&self) -> Option<&str> {
        self.header.key_id.as_deref()
    }

    /// Returns the JSON of the claims if the token was signed with `key`.
    pub(crate) fn verify_signature(&self, key: &VerifyingKey) -> Result<Vec<u8>, TokenError> {
        let algorithm = self.header.algorithm;
        let algorithm = algorithm.ok_or(TokenError::new(TokenErrorKind::UnsupportedAlgorithm))?;
        let signature = base64url::decode(self.signature)
            .map_err(|_| TokenError::malformed("its signature is not base64url"))?;
        key.verify(algorithm, self.signed.as_bytes(), &signature)?;
        self.unverified_claims()
    }

    /// Returns the JSON of the claims, whoever signed the token.
    pub(crate) fn unverified_claims(&self) -> Result<Vec<u8>, TokenError> {
        base64url::decode(self.claims)
            .map_err(|_| TokenError::malformed("its claims are not base64url"))
    }
}
