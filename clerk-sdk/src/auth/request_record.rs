//! What the authenticators of nested gates share about a request, so that they do not contradict each other.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::error_reason::AuthErrorReason;

/// The record of one request. It is part of the state of each gate, and passed on in the extensions of the request.
#[derive(Clone, Default)]
pub(super) struct RequestRecord(Arc<Record>);

#[derive(Default)]
struct Record {
    /// The number of authenticators whose gates have decided about the request.
    decisions: AtomicUsize,
    handshakes: Renewals<AuthErrorReason>,
    refreshes: Renewals<String>,
}

impl RequestRecord {
    /// Counts the decision of a gate, and returns its number.
    pub(super) fn count_decision(&self) -> usize {
        self.0.decisions.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Whether another authenticator has decided after this decision.
    pub(super) fn is_superseded(&self, decision: usize) -> bool {
        self.0.decisions.load(Ordering::Relaxed) > decision
    }

    /// The results of handshakes, by their nonce or token.
    pub(super) fn handshakes(&self) -> &Renewals<AuthErrorReason> {
        &self.0.handshakes
    }

    /// The results of refreshes, by the refresh token.
    pub(super) fn refreshes(&self) -> &Renewals<String> {
        &self.0.refreshes
    }
}

/// The record contains credentials.
impl fmt::Debug for RequestRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestRecord").finish_non_exhaustive()
    }
}

/// The results of exchanging credentials of a request for cookies, which must not be tried twice.
pub(super) struct Renewals<E>(Mutex<Vec<Renewal<E>>>);

struct Renewal<E> {
    cookie_suffix: String,
    credential: String,
    /// The `Set-Cookie` values, or the reason why there are none.
    cookies: Result<Vec<String>, E>,
}

impl<E> Default for Renewals<E> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<E: Clone> Renewals<E> {
    /// The result of the instance with this cookie suffix.
    pub(super) fn get(
        &self,
        cookie_suffix: &str,
        credential: &str,
    ) -> Option<Result<Vec<String>, E>> {
        let renewals = self.lock();
        let mut own = renewals.iter().filter(|it| it.credential == credential);
        let found = own.find(|it| it.cookie_suffix == cookie_suffix);
        found.map(|it| it.cookies.clone())
    }

    /// Whether the credential turned out to be that of another instance.
    pub(super) fn is_of_another(&self, cookie_suffix: &str, credential: &str) -> bool {
        let renewals = self.lock();
        let mut others = renewals
            .iter()
            .filter(|it| it.cookie_suffix != cookie_suffix);
        others.any(|it| it.credential == credential && it.cookies.is_ok())
    }

    pub(super) fn record(
        &self,
        cookie_suffix: &str,
        credential: &str,
        cookies: Result<Vec<String>, E>,
    ) {
        self.lock().push(Renewal {
            cookie_suffix: cookie_suffix.to_owned(),
            credential: credential.to_owned(),
            cookies,
        });
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Renewal<E>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
