//! Claims of a token that was not verified cannot be used as verified ones.

use clerk_sdk::jwt::{self, Claims, TokenError};

fn authorize(claims: &Claims) -> bool {
    claims.subject() == "user_123"
}

fn main() -> Result<(), TokenError> {
    let claims = jwt::decode_unverified("token")?;
    authorize(&claims);
    let _: Claims = claims;
    Ok(())
}
