//! The session of a verified token.

use std::sync::Arc;

use super::authorization_check::AuthorizationCheck;
use super::claims::Claims;
use super::organization::ActiveOrganization;

/// A session whose token has been verified. It is cheap to clone.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionAuth {
    claims: Arc<Claims>,
}

impl SessionAuth {
    pub(crate) fn new(claims: Arc<Claims>) -> Self {
        Self { claims }
    }

    /// The claims of the token.
    pub fn claims(&self) -> &Claims {
        &self.claims
    }

    /// Returns the claims of the token by value.
    pub fn into_claims(self) -> Claims {
        Arc::unwrap_or_clone(self.claims)
    }

    /// The id of the user.
    pub fn user_id(&self) -> &str {
        self.claims.subject()
    }

    /// The id of the session.
    pub fn session_id(&self) -> &str {
        self.claims.session_id()
    }

    /// The active organization, if there is one.
    pub fn organization(&self) -> Option<ActiveOrganization<'_>> {
        self.claims.organization()
    }

    /// Starts an authorization check: see [`AuthorizationCheck`].
    pub fn has(&self) -> AuthorizationCheck<'_> {
        AuthorizationCheck::new(&self.claims)
    }
}
