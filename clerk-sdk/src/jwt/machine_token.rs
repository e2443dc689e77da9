//! Verifies the tokens of machines and of OAuth clients that are JWTs, signed with the keys of the instance.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::token::{AllClaims, Audience, Category, Header, HeaderType};
use super::token_error::TokenError;
use super::verifier::Verifier;
use crate::wire::Timestamp;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum MachineTokenKind {
    /// A machine-to-machine token.
    M2m,
    /// An OAuth access token.
    OAuth,
}

/// The claims of a machine-to-machine token or an OAuth access token.
pub(crate) struct MachineClaims {
    pub(crate) id: String,
    pub(crate) subject: String,
    pub(crate) audience: Vec<String>,
    pub(crate) expires_at: Timestamp,
    /// All claims that are not registered, and the audience.
    pub(crate) others: Map<String, Value>,
}

impl Verifier {
    /// Verifies a token of this kind. The authorized parties and audiences of the verifier apply to session
    /// tokens only, so they are not checked.
    pub(crate) async fn verify_machine_token(
        &self,
        token: &str,
        kind: MachineTokenKind,
    ) -> Result<MachineClaims, TokenError> {
        let json = self.verified_claims(token, |header| kind.check(header));
        let AllClaims { registered, others } = AllClaims::parse(&json.await?)?;
        let validity_period = registered.validity_period();
        let subject = registered.sub.flatten();
        let subject = subject.ok_or(TokenError::missing_claim("sub"))?;
        if kind == MachineTokenKind::M2m && !subject.starts_with("mch_") {
            return Err(TokenError::invalid_claim("sub"));
        }
        let validity_period = validity_period?;
        self.rules()
            .check_validity_period(&validity_period, self.now())?;
        let audience = others.get("aud").map(Audience::deserialize).transpose();
        let audience = audience.map_err(|_| TokenError::invalid_claim("aud"))?;
        Ok(MachineClaims {
            id: registered.jti.flatten().unwrap_or_default(),
            subject,
            audience: audience.map(|it| it.0).unwrap_or_default(),
            expires_at: validity_period.expires_at,
            others,
        })
    }
}

impl MachineTokenKind {
    fn check(self, header: &Header) -> Result<(), TokenError> {
        match (self, header.token_type, header.category) {
            (
                Self::M2m,
                HeaderType::Absent | HeaderType::Jwt,
                Category::Absent | Category::Machine,
            ) => Ok(()),
            (Self::OAuth, HeaderType::AccessToken, _) => Ok(()),
            (Self::M2m, ..) => Err(TokenError::wrong_kind("not a machine token")),
            (Self::OAuth, ..) => Err(TokenError::wrong_kind("not an OAuth access token")),
        }
    }
}
