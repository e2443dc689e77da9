//! Verifying opaque machine tokens, which needs a call to Clerk.
//!
//! No call is retried: otherwise each guessed token could cause several calls.

use serde_json::{Map, Value};

use super::audience::OAuthAudience;
use super::error::MachineError;
use super::verified_machine::{MachineAuth, MachineDetails};
use crate::auth::token_type::{TokenType, split_opaque_prefix};
use crate::config::ClientHandle;
use crate::error::Error;
use crate::jwt::TokenError;
use crate::retry::RetryPolicy;
use crate::types::OAuthAccessTokenVerification;
use crate::{api_key, m2m_token, oauth_access_token};

/// The longest opaque token that is sent to Clerk: ten times the length of those that it issues.
const MAX_OPAQUE_TOKEN_BYTES: usize = 512;

/// Rejects tokens that cannot have been issued by Clerk, to save the call.
pub(super) fn check_form(token: &str) -> Result<(), MachineError> {
    if token.len() > MAX_OPAQUE_TOKEN_BYTES {
        let error = TokenError::too_long(MAX_OPAQUE_TOKEN_BYTES);
        return Err(MachineError::Token(error));
    }
    let Some((_, secret)) = split_opaque_prefix(token) else {
        return Err(MachineError::NotAMachine);
    };
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~+/=".contains(&byte);
    match !secret.is_empty() && secret.bytes().all(is_allowed) {
        true => Ok(()),
        false => Err(MachineError::Unknown),
    }
}

pub(super) async fn verify_api_key(
    handle: &ClientHandle,
    token: &str,
) -> Result<MachineAuth, MachineError> {
    let client = api_key::Client::from_handle(handle.clone());
    let call = client.verify(&api_key::VerifyParams::new(token));
    let response = call.retry(RetryPolicy::none()).await;
    let key = response.map_err(machine_error)?.into_inner();
    check_usable(&key.id, &key.subject, key.revoked, key.expired)?;
    Ok(MachineAuth::new(MachineDetails {
        token_type: TokenType::ApiKey,
        id: key.id,
        subject: key.subject,
        scopes: key.scopes,
        name: Some(key.name),
        client_id: None,
        expires_at: key.expiration,
        claims: custom_claims(key.claims),
    }))
}

pub(super) async fn verify_m2m(
    handle: &ClientHandle,
    token: &str,
) -> Result<MachineAuth, MachineError> {
    let client = m2m_token::Client::from_handle(handle.clone());
    let call = client.verify(&m2m_token::VerifyParams::new(token));
    let response = call.retry(RetryPolicy::none()).await;
    let token = response.map_err(machine_error)?.into_inner();
    check_usable(&token.id, &token.subject, token.revoked, token.expired)?;
    Ok(MachineAuth::new(MachineDetails {
        token_type: TokenType::M2m,
        id: token.id,
        subject: token.subject,
        scopes: token.scopes.unwrap_or_default(),
        name: None,
        client_id: None,
        expires_at: token.expiration,
        claims: custom_claims(token.claims),
    }))
}

pub(super) async fn verify_oauth(
    handle: &ClientHandle,
    audience: &OAuthAudience,
    token: &str,
) -> Result<MachineAuth, MachineError> {
    let client = oauth_access_token::Client::from_handle(handle.clone());
    let params = oauth_access_token::VerifyParams::new().access_token(token);
    let call = client.verify(&params).retry(RetryPolicy::none());
    let response = call.await.map_err(machine_error)?;
    // The API document lacks `active` and `aud` here, but the API may send them.
    let body: Value = serde_json::from_slice(response.raw_body()).unwrap_or_default();
    let token = match response.into_inner() {
        OAuthAccessTokenVerification::VerifiedOAuthAccessToken(verified) => *verified,
        _ => return Err(MachineError::Inactive),
    };
    check_usable(&token.id, &token.subject, token.revoked, token.expired)?;
    if body.get("active") == Some(&Value::Bool(false)) {
        return Err(MachineError::Inactive);
    }
    audience.check(&string_or_list(body.get("aud")))?;
    Ok(MachineAuth::new(MachineDetails {
        token_type: TokenType::OAuth,
        id: token.id,
        subject: token.subject,
        scopes: token.scopes,
        name: None,
        client_id: Some(token.client_id),
        expires_at: token.expiration,
        claims: Map::new(),
    }))
}

/// Checks that the verified token can be used. The API responds with status 200 for revoked and expired tokens
/// too.
fn check_usable(id: &str, subject: &str, revoked: bool, expired: bool) -> Result<(), MachineError> {
    match (revoked, expired) {
        (true, _) => Err(MachineError::Revoked),
        (_, true) => Err(MachineError::Expired),
        _ if id.is_empty() || subject.is_empty() => Err(MachineError::Unknown),
        _ => Ok(()),
    }
}

fn machine_error(error: Error) -> MachineError {
    match error.status().map(|status| status.as_u16()) {
        Some(404 | 400 | 422 | 410) => MachineError::Unknown,
        _ => MachineError::Unavailable(error),
    }
}

fn custom_claims(claims: Option<Value>) -> Map<String, Value> {
    match claims {
        Some(Value::Object(claims)) => claims,
        _ => Map::new(),
    }
}

/// Reads a JSON value that is either one string or a list of strings.
fn string_or_list(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(one)) if !one.is_empty() => vec![one.clone()],
        Some(Value::Array(list)) => {
            let strings = list.iter().filter_map(Value::as_str);
            strings.map(str::to_owned).collect()
        }
        _ => Vec::new(),
    }
}
