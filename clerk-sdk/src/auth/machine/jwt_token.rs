//! Verifying machine tokens that are JWTs, which needs the keys of the instance but no call to Clerk.

use serde_json::Value;

use super::audience::OAuthAudience;
use super::error::MachineError;
use super::verified_machine::{MachineAuth, MachineDetails};
use crate::auth::token_type::TokenType;
use crate::jwt::{MachineTokenKind, Verifier, parse_unverified};

/// Whether a token has the form of a JWT.
pub(super) fn is_jwt(token: &str) -> bool {
    token.bytes().filter(|byte| *byte == b'.').count() == 2 && parse_unverified(token).is_ok()
}

pub(super) async fn verify(
    verifier: &Verifier,
    audience: &OAuthAudience,
    token: &str,
    kind: TokenType,
) -> Result<MachineAuth, MachineError> {
    let expected = match kind {
        TokenType::M2m => MachineTokenKind::M2m,
        TokenType::OAuth => MachineTokenKind::OAuth,
        TokenType::ApiKey | TokenType::Session => return Err(MachineError::NotAMachine),
    };
    let claims = verifier.verify_machine_token(token, expected).await;
    let mut claims = claims.map_err(MachineError::Token)?;
    let (scopes, client_id) = match expected {
        MachineTokenKind::M2m => match claims.others.get("scopes") {
            Some(scopes) => (space_separated(Some(scopes)), None),
            None => (claims.audience, None),
        },
        MachineTokenKind::OAuth => {
            audience.check(&claims.audience)?;
            let scopes = match claims.others.get("scp") {
                Some(Value::Array(list)) => {
                    let scopes = list.iter().filter_map(Value::as_str);
                    scopes.map(str::to_owned).collect()
                }
                _ => space_separated(claims.others.get("scope")),
            };
            let client_id = claims.others.remove("client_id");
            let client_id = client_id.and_then(|it| it.as_str().map(str::to_owned));
            (scopes, client_id)
        }
    };
    Ok(MachineAuth::new(MachineDetails {
        token_type: kind,
        id: claims.id,
        subject: claims.subject,
        scopes,
        name: None,
        client_id,
        expires_at: Some(claims.expires_at),
        claims: claims.others,
    }))
}

fn space_separated(value: Option<&Value>) -> Vec<String> {
    let list = value.and_then(Value::as_str).unwrap_or_default();
    list.split_whitespace().map(str::to_owned).collect()
}
