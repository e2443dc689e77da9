//! Verifies the token that a handshake with Clerk's Frontend API returns: it contains cookies to set.

use std::time::{Duration, SystemTime};

use super::token::{AllClaims, Category, Header, HeaderType};
use super::token_error::TokenError;
use super::verifier::Verifier;
use crate::wire::Timestamp;

/// How long a handshake token may be used. A browser returns with it right after it was issued.
const MAX_AGE: Duration = Duration::from_secs(60);

/// A handshake token whose signature has been verified.
pub(crate) struct HandshakeToken {
    /// The `Set-Cookie` values.
    pub(crate) cookies: Vec<String>,
    issued_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
}

impl Verifier {
    /// Verifies the signature and the kind of a handshake token, but not its age.
    pub(crate) async fn verify_handshake(&self, token: &str) -> Result<HandshakeToken, TokenError> {
        let json = self.verified_claims(token, check_header).await?;
        let mut claims = AllClaims::parse(&json)?;
        let cookies = claims.others.remove("handshake");
        let cookies = cookies.ok_or(TokenError::missing_claim("handshake"))?;
        let registered = claims.registered;
        // Other tokens may have a custom claim of this name, but they always have a subject.
        if registered.sub.is_some() || claims.others.contains_key("sid") {
            return Err(TokenError::wrong_kind("not a handshake token"));
        }
        let cookies = serde_json::from_value(cookies);
        Ok(HandshakeToken {
            cookies: cookies.map_err(|_| TokenError::invalid_claim("handshake"))?,
            issued_at: registered.iat.flatten().map(Timestamp::from_secs),
            expires_at: registered.exp.flatten().map(Timestamp::from_secs),
        })
    }

    /// Checks that a handshake token is at most a minute old and has not expired, if it says so.
    pub(crate) fn check_handshake_age(&self, token: &HandshakeToken) -> Result<(), TokenError> {
        let (now, leeway) = (self.now(), self.current_leeway());
        if let Some(issued_at) = token.issued_at {
            match now.duration_since(issued_at.into()) {
                Ok(age) if age > MAX_AGE => return Err(TokenError::expired(age - MAX_AGE)),
                Err(ahead) if ahead.duration() > leeway => {
                    return Err(TokenError::issued_in_the_future(ahead.duration()));
                }
                _ => {}
            }
        }
        let expired_ago = token.expires_at.map(|it| now.duration_since(it.into()));
        match expired_ago {
            Some(Ok(ago)) if ago >= leeway => Err(TokenError::expired(ago)),
            _ => Ok(()),
        }
    }
}

impl HandshakeToken {
    /// Whether the token itself limits its use to a minute from now.
    pub(crate) fn is_short_lived(&self, now: SystemTime) -> bool {
        let end = now.checked_add(MAX_AGE);
        let expires_soon = |at: Timestamp| end.is_some_and(|end| SystemTime::from(at) <= end);
        self.issued_at.is_some() || self.expires_at.is_some_and(expires_soon)
    }
}

fn check_header(header: &Header) -> Result<(), TokenError> {
    match (header.token_type, header.category) {
        (HeaderType::Absent | HeaderType::Jwt, Category::Absent | Category::Session) => Ok(()),
        _ => Err(TokenError::wrong_kind("not a handshake token")),
    }
}
