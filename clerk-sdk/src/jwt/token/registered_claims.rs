//! The claims of RFC 7519 that tokens of every kind have. The audience is not among them: machine tokens may use
//! it for their scopes.

use serde::de::MapAccess;

use super::json_object::{Claim, MemberValue};
use super::validity_period::ValidityPeriod;
use crate::jwt::token_error::TokenError;

#[derive(Default)]
pub(crate) struct RegisteredClaims {
    pub(crate) sub: Claim<String>,
    pub(crate) iss: Claim<String>,
    pub(crate) jti: Claim<String>,
    pub(crate) exp: Claim<i64>,
    pub(crate) iat: Claim<i64>,
    pub(crate) nbf: Claim<i64>,
}

impl RegisteredClaims {
    /// Reads the value of `name` if it is one of these claims. Returns `false` if it is not.
    pub(crate) fn read_if_registered<'de, A: MapAccess<'de>>(
        &mut self,
        name: &str,
        value: &mut MemberValue<'_, A>,
    ) -> Result<bool, A::Error> {
        match name {
            "sub" => value.read_claim("sub", &mut self.sub)?,
            "iss" => value.read_claim("iss", &mut self.iss)?,
            "jti" => value.read_claim("jti", &mut self.jti)?,
            "exp" => value.read_claim("exp", &mut self.exp)?,
            "iat" => value.read_claim("iat", &mut self.iat)?,
            "nbf" => value.read_claim("nbf", &mut self.nbf)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    pub(crate) fn validity_period(&self) -> Result<ValidityPeriod, TokenError> {
        ValidityPeriod::from_seconds(self.exp.flatten(), self.iat.flatten(), self.nbf.flatten())
    }
}
