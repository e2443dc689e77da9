//! Decodes tokens without verifying them.

use serde_json::{Map, Value};

#[cfg(feature = "auth")]
use super::base64url;
use super::session::Claims;
use super::token::ParsedToken;
#[cfg(feature = "auth")]
use super::token::{HeaderType, RegisteredClaims};
use super::token_error::TokenError;
use crate::wire::Timestamp;

/// The claims of a session token that **nobody has verified**: anybody can write a token with these claims.
///
/// It is a type of its own, so that it cannot be passed where the [`Claims`] of a verified session are expected.
#[derive(Clone, Debug, PartialEq)]
pub struct UnverifiedClaims(Claims);

/// Decodes the claims of a session token **without verifying anything**: anybody can write a token. Use it for
/// logging, or to choose between instances before calling [`Verifier::verify`](super::Verifier::verify).
///
/// # Errors
///
/// Returns an error if the token is malformed, or lacks a claim that every session token has.
pub fn decode_unverified(token: &str) -> Result<UnverifiedClaims, TokenError> {
    let claims = Claims::parse(&ParsedToken::parse(token)?.unverified_claims()?)?;
    Ok(UnverifiedClaims(claims))
}

impl UnverifiedClaims {
    /// The id of the user that the token claims to be for (`sub`).
    pub fn subject(&self) -> &str {
        self.0.subject()
    }

    /// The id of the session (`sid`).
    pub fn session_id(&self) -> &str {
        self.0.session_id()
    }

    /// The id of the active organization, if there is one.
    pub fn organization_id(&self) -> Option<&str> {
        self.0.organization().map(|organization| organization.id)
    }

    /// The issuer (`iss`): the Frontend API URL of an instance.
    pub fn issuer(&self) -> Option<&str> {
        self.0.issuer()
    }

    /// The id of the token (`jti`).
    pub fn id(&self) -> Option<&str> {
        self.0.id()
    }

    /// The authorized party (`azp`).
    pub fn authorized_party(&self) -> Option<&str> {
        self.0.authorized_party()
    }

    /// The audience (`aud`), or an empty slice if the token names none.
    pub fn audience(&self) -> &[String] {
        self.0.audience()
    }

    /// The time at which the token expires (`exp`).
    pub fn expires_at(&self) -> Timestamp {
        self.0.expires_at()
    }

    /// The time at which the token was issued (`iat`).
    pub fn issued_at(&self) -> Option<Timestamp> {
        self.0.issued_at()
    }

    /// The time from which the token is valid (`nbf`).
    pub fn not_before(&self) -> Option<Timestamp> {
        self.0.not_before()
    }

    /// The version of the token, 1 or 2.
    pub fn version(&self) -> u64 {
        self.0.version()
    }

    /// The custom claims.
    pub fn custom(&self) -> &Map<String, Value> {
        self.0.custom()
    }
}

/// Reads the issuer of a token that may be another application's, whose JWTs need not have the form of Clerk's: the
/// inner value is `None` if the token names no issuer, and the outer one if it is no JWT.
#[cfg(feature = "auth")]
pub(crate) fn unverified_issuer(token: &str) -> Option<Option<Value>> {
    let mut parts = token.split('.');
    let (_header, claims, _signature) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let claims = base64url::decode_leniently(claims).ok()?;
    let mut claims: Map<String, Value> = serde_json::from_slice(&claims).ok()?;
    Some(claims.remove("iss"))
}

/// The registered claims of a token of any kind, before anything has been verified.
#[cfg(feature = "auth")]
pub(crate) struct UnverifiedToken {
    pub(crate) subject: Option<String>,
    pub(crate) issued_at: Option<i64>,
    pub(crate) expires_at: Option<i64>,
    pub(crate) is_access_token: bool,
}

/// Decodes a token of any kind without verifying anything, to decide how to verify it.
#[cfg(feature = "auth")]
pub(crate) fn parse_unverified(token: &str) -> Result<UnverifiedToken, TokenError> {
    let token = ParsedToken::parse(token)?;
    let claims = RegisteredClaims::parse(&token.unverified_claims()?)?;
    Ok(UnverifiedToken {
        subject: claims.sub.flatten(),
        issued_at: claims.iat.flatten(),
        expires_at: claims.exp.flatten(),
        is_access_token: token.header.token_type == HeaderType::AccessToken,
    })
}
