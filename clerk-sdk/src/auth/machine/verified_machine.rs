//! A machine whose token was verified.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value};

use crate::auth::token_kind::TokenKind;
use crate::wire::Timestamp;

/// A machine or program whose token was verified.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Machine {
    /// The kind of token.
    pub kind: TokenKind,
    /// The id of the token.
    pub id: String,
    /// The id that the token was issued for: a user (`user_…`), an organization (`org_…`) or a machine
    /// (`mch_…`).
    pub subject: String,
    /// The scopes of the token.
    pub scopes: Vec<String>,
    /// The name of the API key.
    pub name: Option<String>,
    /// The id of the OAuth application that the token was issued to.
    pub client_id: Option<String>,
    /// When the token expires, if it does.
    pub expires_at: Option<Timestamp>,
    /// Custom claims of the token.
    pub claims: Map<String, Value>,
}

impl Machine {
    /// The subject, if it is a user.
    pub fn user_id(&self) -> Option<&str> {
        Some(&*self.subject).filter(|it| it.starts_with("user_"))
    }

    /// The subject, if it is an organization.
    pub fn organization_id(&self) -> Option<&str> {
        Some(&*self.subject).filter(|it| it.starts_with("org_"))
    }

    /// The subject, if it is a machine.
    pub fn machine_id(&self) -> Option<&str> {
        Some(&*self.subject).filter(|it| it.starts_with("mch_"))
    }

    /// Whether the token has this scope.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes.iter().any(|own| own == scope)
    }

    pub(super) fn is_expired(&self, now: SystemTime) -> bool {
        let since_epoch = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = i128::try_from(since_epoch.as_millis()).unwrap_or(i128::MAX);
        self.expires_at
            .is_some_and(|it| i128::from(it.as_millis()) <= now)
    }
}

/// Shows only the names of the claims, whose values may be personal data.
impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Machine")
            .field("kind", &self.kind)
            .field("id", &self.id)
            .field("subject", &self.subject)
            .field("scopes", &self.scopes)
            .field("client_id", &self.client_id)
            .field("expires_at", &self.expires_at)
            .field("claims", &self.claims.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}
