//! A machine whose token was verified.

use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value};

use crate::auth::token_type::TokenType;
use crate::wire::Timestamp;

/// A machine or program whose token was verified. It is cheap to clone.
#[derive(Clone, PartialEq)]
pub struct MachineAuth(Arc<MachineDetails>);

/// What a verified token says about its sender.
#[derive(PartialEq)]
pub(crate) struct MachineDetails {
    pub(crate) token_type: TokenType,
    pub(crate) id: String,
    pub(crate) subject: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) name: Option<String>,
    pub(crate) client_id: Option<String>,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) claims: Map<String, Value>,
}

impl MachineAuth {
    pub(crate) fn new(details: MachineDetails) -> Self {
        Self(Arc::new(details))
    }

    /// The type of the token.
    pub fn token_type(&self) -> TokenType {
        self.0.token_type
    }

    /// The id of the token.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// The id that the token was issued for: a user (`user_…`), an organization (`org_…`) or a machine
    /// (`mch_…`).
    pub fn subject(&self) -> &str {
        &self.0.subject
    }

    /// The scopes of the token.
    pub fn scopes(&self) -> &[String] {
        &self.0.scopes
    }

    /// The name of the API key; `None` for other types of tokens.
    pub fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// The id of the OAuth application that the token was issued to; `None` for other types of tokens.
    pub fn client_id(&self) -> Option<&str> {
        self.0.client_id.as_deref()
    }

    /// When the token expires, if it does.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.0.expires_at
    }

    /// The custom claims of the token.
    pub fn claims(&self) -> &Map<String, Value> {
        &self.0.claims
    }

    /// The subject, if it is a user.
    pub fn user_id(&self) -> Option<&str> {
        Some(self.subject()).filter(|it| it.starts_with("user_"))
    }

    /// The subject, if it is an organization.
    pub fn organization_id(&self) -> Option<&str> {
        Some(self.subject()).filter(|it| it.starts_with("org_"))
    }

    /// The subject, if it is a machine.
    pub fn machine_id(&self) -> Option<&str> {
        Some(self.subject()).filter(|it| it.starts_with("mch_"))
    }

    /// Whether the token has this scope.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes().iter().any(|own| own == scope)
    }

    pub(super) fn is_expired(&self, now: SystemTime) -> bool {
        self.expires_at().is_some_and(|it| has_passed(it, now))
    }
}

/// Whether a time has passed. It has at the exact time.
pub(super) fn has_passed(time: Timestamp, now: SystemTime) -> bool {
    let since_epoch = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let now = i128::try_from(since_epoch.as_millis()).unwrap_or(i128::MAX);
    i128::from(time.as_millis()) <= now
}

/// Shows only the names of the claims, whose values may be personal data.
impl fmt::Debug for MachineAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MachineAuth")
            .field("token_type", &self.0.token_type)
            .field("id", &self.0.id)
            .field("subject", &self.0.subject)
            .field("scopes", &self.0.scopes)
            .field("client_id", &self.0.client_id)
            .field("expires_at", &self.0.expires_at)
            .field("claims", &self.0.claims.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}
