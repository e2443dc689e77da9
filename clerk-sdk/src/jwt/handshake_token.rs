//! Verifies the token that a handshake with Clerk's Frontend API returns: it contains cookies to set.

use super::error::TokenError;
use super::token::{AllClaims, Category, Header, HeaderType};
use super::verifier::Verifier;

impl Verifier {
    /// Verifies a handshake token and returns its cookies. The token is used right after it was issued, so it
    /// has no validity period.
    pub(crate) async fn verify_handshake(&self, token: &str) -> Result<Vec<String>, TokenError> {
        let json = self.verified_claims(token, check_header).await?;
        let mut claims = AllClaims::parse(&json)?;
        let cookies = claims.others.remove("handshake");
        let cookies = cookies.ok_or(TokenError::MissingClaim("handshake"))?;
        serde_json::from_value(cookies).map_err(|_| TokenError::InvalidClaim("handshake"))
    }
}

fn check_header(header: &Header) -> Result<(), TokenError> {
    match (header.token_type, header.category) {
        (HeaderType::Absent | HeaderType::Jwt, Category::Absent | Category::Session) => Ok(()),
        _ => Err(TokenError::WrongKind("not a handshake token")),
    }
}
