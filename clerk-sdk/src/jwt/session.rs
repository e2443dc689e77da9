//! A session: what a token stands for once it is verified.

use std::sync::Arc;

use super::claims::{Claims, Organization};
use super::has::Has;

/// The state of a session.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum SessionStatus {
    /// The user is signed in.
    #[default]
    Active,
    /// The user has signed in, and has something left to do, such as choosing an organization. This
    /// counts as signed out unless [`Verifier::accept_pending`](super::Verifier::accept_pending) says
    /// otherwise.
    Pending,
    /// A state that this version of the crate does not know. It counts as signed out.
    Unknown,
}

impl SessionStatus {
    /// A token that does not say is of version 1, which has none but active ones.
    pub(super) fn named(name: Option<&str>) -> Self {
        match name {
            None | Some("active") => Self::Active,
            Some("pending") => Self::Pending,
            Some(_) => Self::Unknown,
        }
    }
}

/// A session whose token was verified. It is cheap to clone.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    claims: Arc<Claims>,
}

impl Session {
    pub(super) fn new(claims: Arc<Claims>) -> Self {
        Self { claims }
    }

    /// Everything the token claims.
    pub fn claims(&self) -> &Claims {
        &self.claims
    }

    /// Everything the token claims, by value.
    pub fn into_claims(self) -> Claims {
        Arc::unwrap_or_clone(self.claims)
    }

    /// The user's id.
    pub fn user_id(&self) -> &str {
        self.claims.subject()
    }

    /// The session's id.
    pub fn session_id(&self) -> &str {
        self.claims.session_id()
    }

    /// The organization that is active, if one is.
    pub fn organization(&self) -> Option<Organization<'_>> {
        self.claims.organization()
    }

    /// Asks what this session has: see [`Has`].
    pub fn has(&self) -> Has<'_> {
        Has::new(&self.claims)
    }
}
