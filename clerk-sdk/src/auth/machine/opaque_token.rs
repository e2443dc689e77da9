//! Verifying opaque machine tokens, which needs a call to Clerk.
//!
//! No call is retried: otherwise each guessed token could cause several calls.

use std::time::SystemTime;

use serde_json::{Map, Value};

use super::audience::OAuthAudience;
use super::error::MachineError;
use super::verified_machine::{MachineAuth, MachineDetails, has_passed};
use crate::auth::token_type::{TokenType, split_opaque_prefix};
use crate::call::Call;
use crate::config::ClientHandle;
use crate::error::Error;
use crate::jwt::{TokenError, Verifier};
use crate::retry::RetryPolicy;
use crate::types::OAuthAccessTokenVerification;
use crate::wire::{ResponseBody, Timestamp, without_bom};
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

/// Verifies one token with Clerk.
pub(super) struct OpaqueTokenCall<'c> {
    pub(super) handle: &'c ClientHandle,
    pub(super) verifier: &'c Verifier,
    pub(super) token: &'c str,
    /// Whether the token was valid before. The call for an unknown one must not delay others.
    pub(super) is_known: bool,
}

impl OpaqueTokenCall<'_> {
    /// Sends a call once. Returns the body of the response, and what it decodes to.
    async fn send<T: ResponseBody>(&self, call: Call<T>) -> Result<(Value, T), MachineError> {
        let call = call.retry(RetryPolicy::none());
        let response = call.low_priority(!self.is_known).await;
        let response = response.map_err(machine_error)?;
        Ok((json_body(response.raw_body()), response.into_inner()))
    }

    pub(super) async fn verify_api_key(&self) -> Result<MachineAuth, MachineError> {
        let client = api_key::Client::from_handle(self.handle.clone());
        let call = client.verify(&api_key::VerifyParams::new(self.token));
        let (body, key) = self.send(call).await?;
        check_usable(&key.id, &key.subject, key.revoked)?;
        let expires_at = check_expiry(&body, key.expiration, self.verifier.now())?;
        Ok(MachineAuth::new(MachineDetails {
            token_type: TokenType::ApiKey,
            id: key.id,
            subject: key.subject,
            scopes: key.scopes,
            name: Some(key.name),
            client_id: None,
            expires_at,
            claims: custom_claims(key.claims),
        }))
    }

    pub(super) async fn verify_m2m(&self) -> Result<MachineAuth, MachineError> {
        let client = m2m_token::Client::from_handle(self.handle.clone());
        let call = client.verify(&m2m_token::VerifyParams::new(self.token));
        let (body, token) = self.send(call).await?;
        check_usable(&token.id, &token.subject, token.revoked)?;
        let expires_at = check_expiry(&body, token.expiration, self.verifier.now())?;
        Ok(MachineAuth::new(MachineDetails {
            token_type: TokenType::M2m,
            id: token.id,
            subject: token.subject,
            scopes: token.scopes.unwrap_or_default(),
            name: None,
            client_id: None,
            expires_at,
            claims: custom_claims(token.claims),
        }))
    }

    pub(super) async fn verify_oauth(
        &self,
        audience: &OAuthAudience,
    ) -> Result<MachineAuth, MachineError> {
        let client = oauth_access_token::Client::from_handle(self.handle.clone());
        let params = oauth_access_token::VerifyParams::new().access_token(self.token);
        // The API document lacks `active` and `aud` here, but the API may send them.
        let (body, token) = self.send(client.verify(&params)).await?;
        let token = match token {
            OAuthAccessTokenVerification::VerifiedOAuthAccessToken(verified) => *verified,
            _ => return Err(MachineError::Inactive),
        };
        check_usable(&token.id, &token.subject, token.revoked)?;
        let expires_at = check_expiry(&body, token.expiration, self.verifier.now())?;
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
            expires_at,
            claims: Map::new(),
        }))
    }
}

/// Checks that the verified token can be used. The API responds with status 200 for revoked tokens too.
fn check_usable(id: &str, subject: &str, revoked: bool) -> Result<(), MachineError> {
    match revoked {
        true => Err(MachineError::Revoked),
        false if id.is_empty() || subject.is_empty() => Err(MachineError::Unknown),
        false => Ok(()),
    }
}

/// Checks that the verified token has not expired, and returns when it will. The API responds with status 200 for
/// expired tokens too.
///
/// What Clerk says about it is final: the clock of this machine may be wrong, and the API does not document the unit
/// of the time.
fn check_expiry(
    body: &Value,
    expiration: Option<Timestamp>,
    now: SystemTime,
) -> Result<Option<Timestamp>, MachineError> {
    let expires_at = expiration.map(|it| in_millis(it.as_millis()));
    let is_expired = match body.get("expired") {
        Some(Value::Bool(expired)) => *expired,
        _ => expires_at.is_some_and(|it| has_passed(it, now)),
    };
    match is_expired {
        true => Err(MachineError::Expired),
        false => Ok(expires_at),
    }
}

/// Interprets a number that is either in seconds or in milliseconds. The limit is the year 5138 in seconds, and 1973
/// in milliseconds.
fn in_millis(number: i64) -> Timestamp {
    const FIRST_IN_MILLIS: i64 = 100_000_000_000;
    match number < FIRST_IN_MILLIS {
        true => Timestamp::from_secs(number),
        false => Timestamp::from_millis(number),
    }
}

/// Parses a response body, from which the generated types do not keep what the API document lacks, nor which members
/// are absent.
fn json_body(body: &[u8]) -> Value {
    serde_json::from_slice(without_bom(body)).unwrap_or_default()
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
