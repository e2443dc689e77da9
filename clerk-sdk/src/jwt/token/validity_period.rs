//! The validity period of a token: `exp`, `nbf` and `iat`, checked with a leeway for clock skew.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::jwt::token_error::TokenError;
use crate::wire::Timestamp;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ValidityPeriod {
    pub(crate) expires_at: Timestamp,
    pub(crate) issued_at: Option<Timestamp>,
    pub(crate) not_before: Option<Timestamp>,
}

impl ValidityPeriod {
    /// Takes the claims, which are seconds since the Unix epoch. Only the expiry is required.
    pub(super) fn from_seconds(
        exp: Option<i64>,
        iat: Option<i64>,
        nbf: Option<i64>,
    ) -> Result<Self, TokenError> {
        let expires_at = timestamp("exp", exp)?;
        Ok(Self {
            expires_at: expires_at.ok_or(TokenError::missing_claim("exp"))?,
            issued_at: timestamp("iat", iat)?,
            not_before: timestamp("nbf", nbf)?,
        })
    }

    /// Checks that `now` is in the period. A token is no longer valid at the exact time of its expiry.
    pub(crate) fn check(&self, now: SystemTime, leeway: Duration) -> Result<(), TokenError> {
        let now = match now.duration_since(UNIX_EPOCH) {
            Ok(since) => i128::try_from(since.as_millis()).unwrap_or(i128::MAX),
            Err(_) => 0,
        };
        let leeway = i128::try_from(leeway.as_millis()).unwrap_or(i128::MAX);
        let millis_since = |then: Timestamp| now.saturating_sub(i128::from(then.as_millis()));
        if millis_since(self.expires_at) >= leeway {
            return Err(TokenError::expired(duration(millis_since(self.expires_at))));
        }
        let ahead = |then: Option<Timestamp>| {
            let ahead = millis_since(then?).saturating_neg();
            (ahead > leeway).then(|| duration(ahead))
        };
        if let Some(ahead) = ahead(self.not_before) {
            return Err(TokenError::not_yet_valid(ahead));
        }
        match ahead(self.issued_at) {
            Some(ahead) => Err(TokenError::issued_in_the_future(ahead)),
            None => Ok(()),
        }
    }
}

fn timestamp(claim: &'static str, seconds: Option<i64>) -> Result<Option<Timestamp>, TokenError> {
    let millis = seconds.map(|seconds| seconds.checked_mul(1000));
    match millis {
        None => Ok(None),
        Some(None) => Err(TokenError::invalid_claim(claim)),
        Some(Some(millis)) => Ok(Some(Timestamp::from_millis(millis))),
    }
}

fn duration(millis: i128) -> Duration {
    Duration::from_millis(u64::try_from(millis).unwrap_or(0))
}
