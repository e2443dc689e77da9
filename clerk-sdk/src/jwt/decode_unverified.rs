//! Decodes tokens without verifying them.

use super::error::TokenError;
use super::session::Claims;
use super::token::ParsedToken;
#[cfg(feature = "auth")]
use super::token::{RegisteredClaims, TokenType};

/// Decodes the claims of a session token **without verifying anything**: anybody can write a token. Use it for
/// logging, or to choose between instances before calling [`Verifier::verify`](super::Verifier::verify).
///
/// # Errors
///
/// Returns an error if the token is malformed, or lacks a claim that every session token has.
pub fn decode(token: &str) -> Result<Claims, TokenError> {
    Claims::parse(&ParsedToken::parse(token)?.unverified_claims()?)
}

/// The content of a token of any kind, before anything has been verified.
#[cfg(feature = "auth")]
pub(crate) struct UnverifiedToken {
    pub(crate) subject: Option<String>,
    pub(crate) issuer: Option<String>,
    pub(crate) issued_at: Option<i64>,
    pub(crate) expires_at: Option<i64>,
    pub(crate) is_access_token: bool,
}

/// Decodes a token of any kind without verifying anything, to decide how to verify it.
#[cfg(feature = "auth")]
pub(crate) fn decode_unverified(token: &str) -> Result<UnverifiedToken, TokenError> {
    let token = ParsedToken::parse(token)?;
    let claims = RegisteredClaims::parse(&token.unverified_claims()?)?;
    Ok(UnverifiedToken {
        subject: claims.sub.flatten(),
        issuer: claims.iss.flatten(),
        issued_at: claims.iat.flatten(),
        expires_at: claims.exp.flatten(),
        is_access_token: token.header.token_type == TokenType::AccessToken,
    })
}
