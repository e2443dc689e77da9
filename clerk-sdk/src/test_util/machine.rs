//! A machine or program that authenticates with a token, as a test describes it.

use std::time::{Duration, SystemTime};

use serde_json::{Map, Value, json};

use super::session::unix_seconds;
use crate::Timestamp;
use crate::auth::{MachineAuth, MachineDetails, TokenType};
use crate::wire::IntoList;

/// A machine or program that authenticates with a token, for tests: see the [module documentation](super).
///
/// Its token expires after an hour, except for API keys, which do not expire.
#[derive(Clone, Debug)]
#[must_use = "a setter returns the changed value: assign it, or pass it on"]
pub struct TestMachine {
    token_type: TokenType,
    id: String,
    subject: String,
    scopes: Vec<String>,
    name: Option<String>,
    client_id: Option<String>,
    expires_at: Option<SystemTime>,
    claims: Map<String, Value>,
}

impl TestMachine {
    /// Describes an API key of a user or an organization. Clerk alone can verify its token, so there is none.
    pub fn api_key(subject: impl Into<String>) -> Self {
        Self {
            name: Some("test".to_owned()),
            ..Self::new(TokenType::ApiKey, "ak_test", subject.into())
        }
    }

    /// Describes a machine-to-machine token of a machine (`mch_…`).
    pub fn m2m(machine_id: impl Into<String>) -> Self {
        Self::new(TokenType::M2m, "mt_test", machine_id.into())
    }

    /// Describes an access token that a user granted to an OAuth application.
    pub fn oauth(user_id: impl Into<String>, client_id: impl Into<String>) -> Self {
        Self {
            client_id: Some(client_id.into()),
            ..Self::new(TokenType::OAuth, "oat_test", user_id.into())
        }
    }

    fn new(token_type: TokenType, id: &str, subject: String) -> Self {
        let hour = Duration::from_secs(60 * 60);
        Self {
            token_type,
            id: id.to_owned(),
            subject,
            scopes: Vec::new(),
            name: None,
            client_id: None,
            expires_at: (token_type != TokenType::ApiKey).then(|| SystemTime::now() + hour),
            claims: Map::new(),
        }
    }

    /// Sets the id of the token.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = id.into();
        self
    }

    /// Adds scopes.
    pub fn scopes(mut self, scopes: impl IntoList<String>) -> Self {
        self.scopes.extend(scopes.into_list());
        self
    }

    /// Sets the time at which the token expires.
    pub fn expires_at(mut self, time: SystemTime) -> Self {
        self.expires_at = Some(time);
        self
    }

    /// Adds a custom claim.
    pub fn claim(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.claims.insert(name.into(), value.into());
        self
    }

    /// Returns the machine as handlers receive it, without a token.
    pub fn auth(&self) -> MachineAuth {
        MachineAuth::new(MachineDetails {
            token_type: self.token_type,
            id: self.id.clone(),
            subject: self.subject.clone(),
            scopes: self.scopes.clone(),
            name: self.name.clone(),
            client_id: self.client_id.clone(),
            expires_at: self.expires_at_seconds().map(Timestamp::from_secs),
            claims: self.unregistered_claims(),
        })
    }

    pub(super) fn token_type(&self) -> TokenType {
        self.token_type
    }

    /// The claims of a token that is a JWT.
    pub(super) fn claims(&self) -> Value {
        let mut claims = self.unregistered_claims();
        claims.insert("jti".to_owned(), json!(self.id));
        claims.insert("sub".to_owned(), json!(self.subject));
        claims.insert("exp".to_owned(), json!(self.expires_at_seconds()));
        if let Some(client_id) = &self.client_id {
            claims.insert("client_id".to_owned(), json!(client_id));
        }
        claims.into()
    }

    /// The custom claims, and the scopes as tokens of this type have them.
    fn unregistered_claims(&self) -> Map<String, Value> {
        let mut claims = self.claims.clone();
        match self.token_type {
            TokenType::M2m => claims.insert("scopes".to_owned(), json!(self.scopes.join(" "))),
            TokenType::OAuth => claims.insert("scp".to_owned(), json!(self.scopes)),
            _ => None,
        };
        claims
    }

    fn expires_at_seconds(&self) -> Option<i64> {
        let seconds = unix_seconds(self.expires_at?);
        Some(i64::try_from(seconds).unwrap_or(i64::MAX))
    }
}
