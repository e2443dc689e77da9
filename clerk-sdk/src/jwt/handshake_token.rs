//! Verifies the token that a handshake with Clerk's Frontend API returns: it contains cookies to set.

use super::token::{AllClaims, Category, Header, HeaderType};
use super::token_error::TokenError;
use super::verifier::Verifier;

impl Verifier {
    /// Verifies a handshake token and returns its cookies. The token is used right after it was issued, so it
    /// has no validity period.
    pub(crate) async fn verify_handshake(&self, token: &str) -> Result<Vec<String>, TokenError> {
        let json = self.verified_claims(token, check_header).await?;
        let mut claims = AllClaims::parse(&json)?;
        let cookies = claims.others.remove("handshake");
        let cookies = cookies.ok_or(TokenError::missing_claim("handshake"))?;
        serde_json::from_value(cookies).map_err(|_| TokenError::invalid_claim("handshake"))
    }
}

fn check_header(header: &Header) -> Result<(), TokenError> {
    match (header.token_type, header.category) {
        (HeaderType::Absent | HeaderType::Jwt, Category::Absent | Category::Session) => Ok(()),
        _ => Err(TokenError::wrong_kind("not a handshake token")),
    }
}
