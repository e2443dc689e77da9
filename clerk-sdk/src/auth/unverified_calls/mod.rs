//! Calls to Clerk that a request causes before it is authenticated, so that anyone can cause them: their number is
//! limited, equal ones are made once, and failures are cached for a short time.

mod call_budget;
mod credential_digest;
mod single_flight;

use std::future::Future;
use std::time::{Duration, SystemTime};

use quick_cache::sync::Cache;

pub(super) use call_budget::CallBudget;
pub(super) use credential_digest::CredentialDigest;
use single_flight::SingleFlight;

/// How long a rejected credential is cached. It is short because it may become valid in the meantime.
const FAILURE_LIFETIME: Duration = Duration::from_secs(5);
/// The message for a call that was not made because of the budget.
pub(super) const CALL_LIMIT_EXCEEDED: &str =
    "there were too many calls to Clerk for unauthenticated requests: retry later";
/// The number of rejected credentials that are cached.
const MAX_FAILURES: usize = 4096;

/// The reason why a call did not verify a credential.
pub(super) trait CallFailure: Clone {
    /// The reason if too many calls were made.
    fn limit_exceeded() -> Self;

    /// Whether another call with the same credential would fail as well.
    fn is_final(&self) -> bool;
}

/// Calls that verify credentials of one kind.
pub(super) struct UnverifiedCalls<T, E> {
    flights: SingleFlight<CredentialDigest, Result<T, E>>,
    failures: Cache<CredentialDigest, (E, SystemTime)>,
}

/// A credential to be verified by a call.
#[derive(Clone, Copy)]
pub(super) struct Credential {
    pub(super) digest: CredentialDigest,
    /// Whether the sender has been verified before. If so, the call is not limited.
    pub(super) is_known: bool,
}

impl<T: Clone, E: CallFailure> UnverifiedCalls<T, E> {
    pub(super) fn new() -> Self {
        Self {
            flights: SingleFlight::default(),
            failures: Cache::new(MAX_FAILURES),
        }
    }

    /// Verifies a credential with a call, or returns the cached failure. Concurrent calls with the same credential are
    /// made once. A call that succeeds does not count towards the budget.
    pub(super) async fn run(
        &self,
        budget: &CallBudget,
        credential: Credential,
        now: SystemTime,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let Credential { digest, is_known } = credential;
        let verify = async || {
            // Another flight may have ended since this one was joined.
            if let Some(failure) = self.failure(&digest, now) {
                return Err(failure);
            }
            let permit = match is_known {
                true => None,
                false => Some(budget.try_acquire().ok_or_else(E::limit_exceeded)?),
            };
            let result = call.await;
            match (&result, permit) {
                (Ok(_), Some(permit)) => permit.release(),
                (Err(failure), _) if failure.is_final() => {
                    self.failures.insert(digest, (failure.clone(), now));
                }
                _ => {}
            }
            result
        };
        self.flights.run(digest, verify()).await
    }

    fn failure(&self, digest: &CredentialDigest, now: SystemTime) -> Option<E> {
        let (failure, failed_at) = self.failures.get(digest)?;
        let age = now.duration_since(failed_at);
        let is_fresh = age.is_ok_and(|age| age < FAILURE_LIFETIME);
        is_fresh.then_some(failure)
    }
}

impl<T: Clone, E: CallFailure> Default for UnverifiedCalls<T, E> {
    fn default() -> Self {
        Self::new()
    }
}
