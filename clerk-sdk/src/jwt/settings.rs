//! What is asked of a token beside its signature.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::claims::Claims;
use super::error::TokenError;
use super::session::SessionStatus;
use super::verify::DEFAULT_LEEWAY;
use crate::Timestamp;

/// The options of a verifier.
#[derive(Clone)]
pub(super) struct Settings {
    /// Of these three, a list that is there is asked for; an empty one lets nothing pass.
    pub(super) authorized_parties: Option<Vec<String>>,
    pub(super) audience: Option<Vec<String>>,
    pub(super) issuers: Option<Vec<String>>,
    pub(super) leeway: Duration,
    pub(super) accepts_pending: bool,
    pub(super) clock: Arc<dyn Fn() -> SystemTime + Send + Sync>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            authorized_parties: None,
            audience: None,
            issuers: None,
            leeway: DEFAULT_LEEWAY,
            accepts_pending: false,
            clock: Arc::new(SystemTime::now),
        }
    }
}

/// From when to when a token is valid.
pub(super) struct Validity {
    pub(super) expires_at: Timestamp,
    pub(super) not_before: Option<Timestamp>,
    pub(super) issued_at: Option<Timestamp>,
}

impl From<&Claims> for Validity {
    fn from(claims: &Claims) -> Self {
        Self {
            expires_at: claims.expires_at(),
            not_before: claims.not_before(),
            issued_at: claims.issued_at(),
        }
    }
}

impl Settings {
    pub(super) fn now(&self) -> SystemTime {
        (self.clock)()
    }

    /// The checks of a session's claims, in the order of Clerk's own SDKs.
    pub(super) fn check(&self, claims: &Claims, now: SystemTime) -> Result<(), TokenError> {
        if claims.subject().starts_with("mch_") {
            return Err(TokenError::WrongKind("a machine's, not a session's"));
        }
        let is_missing_in =
            |list: &[String], own: &[&str]| !own.iter().any(|own| list.iter().any(|it| it == own));
        let audience: Vec<&str> = claims.audience().iter().map(String::as_str).collect();
        if let Some(asked) = &self.audience
            && is_missing_in(asked, &audience)
        {
            return Err(TokenError::WrongAudience(asked.clone()));
        }
        if let Some(asked) = &self.authorized_parties
            && is_missing_in(asked, claims.authorized_party().as_slice())
        {
            return Err(TokenError::UnauthorizedParty(asked.clone()));
        }
        if let Some(asked) = &self.issuers
            && is_missing_in(asked, claims.issuer().as_slice())
        {
            return Err(TokenError::WrongIssuer(asked.clone()));
        }
        self.check_times(&claims.into(), now)?;
        match claims.status() {
            SessionStatus::Active => Ok(()),
            SessionStatus::Pending if self.accepts_pending => Ok(()),
            SessionStatus::Pending | SessionStatus::Unknown => Err(TokenError::Pending),
        }
    }

    /// A token is valid up to, and not at, the instant that it expires at.
    pub(super) fn check_times(&self, it: &Validity, now: SystemTime) -> Result<(), TokenError> {
        let now = match now.duration_since(UNIX_EPOCH) {
            Ok(since) => i128::try_from(since.as_millis()).unwrap_or(i128::MAX),
            Err(_) => 0,
        };
        let leeway = i128::try_from(self.leeway.as_millis()).unwrap_or(i128::MAX);
        let since = |instant: Timestamp| now.saturating_sub(i128::from(instant.as_millis()));
        if since(it.expires_at) >= leeway {
            return Err(TokenError::Expired(duration(since(it.expires_at))));
        }
        let ahead = |instant: Option<Timestamp>| {
            let ahead = since(instant?).saturating_neg();
            (ahead > leeway).then(|| duration(ahead))
        };
        if let Some(ahead) = ahead(it.not_before) {
            return Err(TokenError::NotYetValid(ahead));
        }
        match ahead(it.issued_at) {
            Some(ahead) => Err(TokenError::IssuedInTheFuture(ahead)),
            None => Ok(()),
        }
    }
}

fn duration(millis: i128) -> Duration {
    Duration::from_millis(u64::try_from(millis).unwrap_or(0))
}
