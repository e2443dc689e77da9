//! The claims of a JWT template token.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::token::ValidityPeriod;
use super::token_error::TokenError;
use crate::wire::Timestamp;

/// The claims of a verified JWT template token: those that every token has, and the [`custom`](Self::custom) ones of
/// your template as your own type.
#[derive(Clone, Debug, PartialEq)]
pub struct TemplateClaims<T> {
    pub(super) subject: String,
    pub(super) issuer: Option<String>,
    pub(super) id: Option<String>,
    pub(super) authorized_party: Option<String>,
    pub(super) audience: Vec<String>,
    pub(super) validity_period: ValidityPeriod,
    pub(super) custom: T,
}

impl<T> TemplateClaims<T> {
    /// The id of the user (`sub`), such as `user_…`.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The issuer of the token (`iss`): the Frontend API URL of the instance.
    pub fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }

    /// The id of the token (`jti`).
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The authorized party (`azp`): the origin of the page that requested the token.
    pub fn authorized_party(&self) -> Option<&str> {
        self.authorized_party.as_deref()
    }

    /// The audience of the token (`aud`), or an empty slice if the template names none.
    pub fn audience(&self) -> &[String] {
        &self.audience
    }

    /// The time at which the token expires (`exp`).
    pub fn expires_at(&self) -> Timestamp {
        self.validity_period.expires_at
    }

    /// The time at which the token was issued (`iat`).
    pub fn issued_at(&self) -> Option<Timestamp> {
        self.validity_period.issued_at
    }

    /// The time from which the token is valid (`nbf`).
    pub fn not_before(&self) -> Option<Timestamp> {
        self.validity_period.not_before
    }

    /// The custom claims: all that have no method of their own here.
    pub fn custom(&self) -> &T {
        &self.custom
    }

    /// Returns the custom claims by value.
    pub fn into_custom(self) -> T {
        self.custom
    }

    pub(super) fn try_map<U>(
        self,
        convert: impl FnOnce(T) -> Result<U, TokenError>,
    ) -> Result<TemplateClaims<U>, TokenError> {
        Ok(TemplateClaims {
            custom: convert(self.custom)?,
            subject: self.subject,
            issuer: self.issuer,
            id: self.id,
            authorized_party: self.authorized_party,
            audience: self.audience,
            validity_period: self.validity_period,
        })
    }
}

/// Deserializes custom claims. The error has the path of the value that does not match, but not serde's message,
/// which contains the value.
pub(super) fn deserialize_custom<T: DeserializeOwned>(
    claims: Map<String, Value>,
) -> Result<T, TokenError> {
    serde_path_to_error::deserialize(Value::Object(claims)).map_err(|error| {
        let path = error.path().to_string();
        let path = Some(path).filter(|path| path != ".");
        TokenError::custom_claims_mismatch(with_missing_field(path, error.inner()))
    })
}

/// Adds the name of a missing field, which serde has only in the message: its path is that of the object.
fn with_missing_field(path: Option<String>, error: &serde_json::Error) -> Option<String> {
    let message = error.to_string();
    let field = message.strip_prefix("missing field `");
    let Some((field, _)) = field.and_then(|rest| rest.split_once('`')) else {
        return path;
    };
    Some(match path {
        Some(path) => format!("{path}.{field}"),
        None => field.to_owned(),
    })
}
