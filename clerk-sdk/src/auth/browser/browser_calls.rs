//! The calls to Clerk that exchange a browser's nonce or refresh token for cookies. Anyone can send invented ones, so
//! the calls are limited.

use std::future::Future;
use std::sync::Arc;
use std::time::SystemTime;

use quick_cache::UnitWeighter;
use quick_cache::sync::Cache;

use super::refresh_failure::RefreshFailure;
use crate::auth::error_reason::AuthErrorReason;
use crate::auth::unverified_calls::{
    CallBudget, CallFailure, Credential, CredentialDigest, UnverifiedCalls,
};
use crate::jwt::decode_unverified;

/// The number of sessions that are recorded.
const MAX_SESSIONS: u64 = 16 * 1024;

/// The `Set-Cookie` values that Clerk returns.
type Cookies = Vec<String>;

pub(in crate::auth) struct BrowserCalls {
    budget: Arc<CallBudget>,
    pub(super) handshakes: UnverifiedCalls<Cookies, AuthErrorReason>,
    pub(super) refreshes: UnverifiedCalls<Cookies, RefreshFailure>,
    /// The ids of the sessions whose last call has not succeeded. Whoever has a token of a session can send any number
    /// of invented credentials with it, so only the first is not limited.
    failed_sessions: Cache<String, ()>,
}

impl BrowserCalls {
    pub(in crate::auth) fn new(budget: Arc<CallBudget>) -> Self {
        Self {
            budget,
            handshakes: UnverifiedCalls::default(),
            refreshes: UnverifiedCalls::default(),
            failed_sessions: Cache::with(
                64,
                MAX_SESSIONS,
                UnitWeighter,
                Default::default(),
                Default::default(),
            ),
        }
    }

    /// Makes a call for the session of a browser. `call` is passed whether it must not delay others.
    ///
    /// `session_token` is a token of the browser whose signature is valid.
    pub(super) async fn exchange<E: CallFailure, F: Future<Output = Result<Cookies, E>>>(
        &self,
        calls: &UnverifiedCalls<Cookies, E>,
        now: SystemTime,
        credential: &[&str],
        session_token: Option<&str>,
        call: impl FnOnce(bool) -> F,
    ) -> Result<Cookies, E> {
        let claims = session_token.and_then(|token| decode_unverified(token).ok());
        let session = claims.as_ref().map(|it| it.session_id());
        let is_known = session.is_some_and(|id| self.failed_sessions.get(id).is_none());
        let credential = Credential {
            digest: CredentialDigest::of(credential),
            is_known,
        };
        let call = async {
            if let Some(id) = session {
                self.failed_sessions.insert(id.to_owned(), ());
            }
            let result = call(!is_known).await;
            if let (Some(id), Ok(_)) = (session, &result) {
                self.failed_sessions.remove(id);
            }
            result
        };
        calls.run(&self.budget, credential, now, call).await
    }
}
