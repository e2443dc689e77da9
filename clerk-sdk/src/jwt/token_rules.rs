//! What a verifier requires of the claims of a token besides the signature.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::authorized_parties::AuthorizedParties;
use super::limits::DEFAULT_LEEWAY;
use super::session::{Claims, TokenSessionStatus};
use super::token::ValidityPeriod;
use super::token_error::{TokenError, TokenErrorKind};

#[derive(Clone)]
pub(super) struct TokenRules {
    /// If one of these three is present, the token must match it.
    pub(super) authorized_parties: Option<AuthorizedParties>,
    /// Whether tokens that name no authorized party are accepted nevertheless.
    pub(super) accepts_missing_party: bool,
    pub(super) audience: Option<Vec<String>>,
    pub(super) issuers: Option<Vec<String>>,
    pub(super) leeway: Duration,
    pub(super) accepts_pending: bool,
    pub(super) clock: Arc<dyn Fn() -> SystemTime + Send + Sync>,
}

impl Default for TokenRules {
    fn default() -> Self {
        Self {
            authorized_parties: None,
            accepts_missing_party: false,
            audience: None,
            issuers: None,
            leeway: DEFAULT_LEEWAY,
            accepts_pending: false,
            clock: Arc::new(SystemTime::now),
        }
    }
}

impl TokenRules {
    pub(super) fn now(&self) -> SystemTime {
        (self.clock)()
    }

    /// Checks the claims of a session token, in the order of Clerk's own SDKs.
    pub(super) fn check(&self, claims: &Claims, now: SystemTime) -> Result<(), TokenError> {
        if claims.subject().starts_with("mch_") {
            return Err(TokenError::wrong_kind(
                "a machine token, not a session token",
            ));
        }
        self.check_origin(
            claims.audience(),
            claims.authorized_party(),
            claims.issuer(),
            now,
        )?;
        self.check_validity_period(claims.validity_period(), now)?;
        match claims.status() {
            TokenSessionStatus::Active => Ok(()),
            TokenSessionStatus::Pending if self.accepts_pending => Ok(()),
            TokenSessionStatus::Pending => Err(TokenError::new(TokenErrorKind::Pending)),
            TokenSessionStatus::Unknown(_) => Err(TokenError::new(TokenErrorKind::UnknownStatus)),
        }
    }

    /// Checks who issued a token, to whom and for whom, if there are lists of them.
    pub(super) fn check_origin(
        &self,
        audience: &[String],
        authorized_party: Option<&str>,
        issuer: Option<&str>,
        now: SystemTime,
    ) -> Result<(), TokenError> {
        if let Some(allowed) = &self.audience
            && !audience.iter().any(|own| allowed.contains(own))
        {
            return Err(TokenError::wrong_audience(allowed));
        }
        self.check_authorized_party(authorized_party, now)?;
        if let Some(allowed) = &self.issuers
            && !contains(allowed, issuer)
        {
            return Err(TokenError::wrong_issuer(allowed));
        }
        Ok(())
    }

    pub(super) fn check_validity_period(
        &self,
        period: &ValidityPeriod,
        now: SystemTime,
    ) -> Result<(), TokenError> {
        period.check(now, self.leeway)
    }

    fn check_authorized_party(
        &self,
        party: Option<&str>,
        now: SystemTime,
    ) -> Result<(), TokenError> {
        let Some(allowed) = &self.authorized_parties else {
            return Ok(());
        };
        match party {
            None if self.accepts_missing_party => Ok(()),
            Some(party) if allowed.contains(party, now) => Ok(()),
            _ => Err(TokenError::unauthorized_party(party, allowed.origins())),
        }
    }
}

/// A token that lacks the claim never matches.
fn contains(allowed: &[String], claim: Option<&str>) -> bool {
    claim.is_some_and(|claim| allowed.iter().any(|one| one == claim))
}
