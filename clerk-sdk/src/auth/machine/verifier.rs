//! The verifier of machine tokens: configuration, and the choice between cache, keys and API.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::audience::OAuthAudience;
use super::cache::MachineTokens;
use super::error::MachineError;
use super::jwt_token;
use super::opaque_token::{self, OpaqueTokenCall};
use super::verified_machine::MachineAuth;
use crate::auth::token_type::TokenType;
use crate::auth::unverified_calls::{CallBudget, Credential, CredentialDigest};
use crate::config::ClientConfig;
use crate::config::ClientHandle;
use crate::jwt::{MAX_TOKEN_BYTES, TokenError, Verifier};
use crate::metrics;
use crate::wire::IntoList;

/// Verifies machine tokens: opaque ones by calling Clerk, JWTs with the instance's keys.
#[derive(Clone)]
#[must_use = "a setter returns the changed value: assign it, or pass it on"]
pub struct MachineVerifier {
    handle: ClientHandle,
    /// Used for machine-to-machine tokens if a machine secret key is set.
    m2m_handle: Option<ClientHandle>,
    verifier: Verifier,
    oauth_audiences: OAuthAudience,
    /// Shared with the clones of the same configuration.
    tokens: Arc<MachineTokens>,
    /// Shared by all verifiers that are configured from the same one.
    budget: Arc<CallBudget>,
}

impl MachineVerifier {
    /// Creates a verifier that calls Clerk with the secret key in `config`, and verifies JWTs with the keys
    /// of its instance.
    pub fn new(config: ClientConfig) -> Self {
        let verifier = Verifier::new(config.clone());
        let handle = ClientHandle::new(config);
        let budget = CallBudget::for_instance(handle.has_live_key());
        Self::from_handle(handle, verifier, Arc::new(budget))
    }

    pub(in crate::auth) fn from_handle(
        handle: ClientHandle,
        verifier: Verifier,
        budget: Arc<CallBudget>,
    ) -> Self {
        Self {
            handle,
            m2m_handle: None,
            verifier,
            oauth_audiences: OAuthAudience::default(),
            tokens: Arc::new(MachineTokens::new(0, Duration::ZERO)),
            budget,
        }
    }

    /// Sets the verifier for JWTs. Its keys, clock and leeway are used.
    pub fn verifier(mut self, verifier: Verifier) -> Self {
        self.verifier = verifier;
        self.clear_cache();
        self
    }

    /// Sets a machine secret key, which is used to verify machine-to-machine tokens instead of the instance's
    /// secret key.
    pub fn machine_secret_key(mut self, key: impl Into<String>) -> Self {
        self.m2m_handle = Some(self.handle.with_key(key));
        self.clear_cache();
        self
    }

    /// Accepts only OAuth tokens that are intended for one of these audiences; with an empty list, none.
    pub fn oauth_audiences(mut self, audience: impl IntoList<String>) -> Self {
        self.oauth_audiences = OAuthAudience::new(audience.into_list());
        self.clear_cache();
        self
    }

    /// Caches up to `tokens` valid opaque tokens for `lifetime` each, instead of calling Clerk for each
    /// request.
    ///
    /// A cached token is accepted for up to `lifetime` after it was revoked, but never after it has expired.
    /// Rejected tokens are cached for 5 seconds in any case.
    ///
    /// If `tokens` is 0, the cache is disabled, which is the default.
    pub fn cache(mut self, tokens: usize, lifetime: Duration) -> Self {
        self.tokens = Arc::new(MachineTokens::new(tokens, lifetime));
        self
    }

    /// Limits the calls that unknown tokens cause to this many in any `period`. The default is 200 calls in 10 seconds
    /// with the key of a production instance, and 50 with another.
    ///
    /// Anyone can send invented tokens, each of which costs a call; without a limit they would exhaust the rate limit
    /// of your instance. Beyond the limit, unknown tokens are rejected with [`MachineError::CallLimitExceeded`]. Not
    /// limited are tokens that were valid when they were verified last, and calls that find a token valid do not count.
    ///
    /// Calls for unknown tokens never delay others: they do not wait for [`ClientConfig::rate_limit`] and
    /// [`ClientConfig::max_in_flight`], and leave half of the permits of both to other calls. Requests with the same
    /// token at the same time cause one call.
    ///
    /// If several processes serve requests for the same instance, each has a limit of its own.
    pub fn limit_unverified_calls(mut self, calls: usize, period: Duration) -> Self {
        self.budget = Arc::new(CallBudget::new(calls, period));
        self
    }

    pub(in crate::auth) fn with_budget(mut self, budget: Arc<CallBudget>) -> Self {
        self.budget = budget;
        self
    }

    /// Replaces the cache: a token that was accepted with the old configuration may not be with the new one.
    fn clear_cache(&mut self) {
        self.tokens = Arc::new(self.tokens.new_empty());
    }

    /// Verifies a machine token of any kind.
    ///
    /// # Errors
    ///
    /// Returns the reason why the token was rejected, or [`MachineError::Unavailable`] if it is unknown
    /// whether the token is valid.
    pub async fn verify(&self, token: &str) -> Result<MachineAuth, MachineError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(MachineError::Token(TokenError::too_long(MAX_TOKEN_BYTES)));
        }
        let now = self.verifier.now();
        let kind = TokenType::detect(token);
        if jwt_token::is_jwt(token) {
            let audience = &self.oauth_audiences;
            let machine = jwt_token::verify(&self.verifier, audience, token, kind).await?;
            return Ok(machine);
        }
        opaque_token::check_form(token)?;
        let digest = CredentialDigest::of(&[token]);
        let cached = self.tokens.cached(&digest, now);
        metrics::cache_lookup("machine_tokens", cached.is_some());
        if let Some(machine) = cached {
            return Ok(machine);
        }
        let is_known = self.tokens.is_known(&digest);
        let credential = Credential { digest, is_known };
        let call = async {
            let result = self.verify_with_api(token, kind, is_known).await;
            self.tokens.record(digest, &result, now);
            result
        };
        let calls = &self.tokens.calls;
        calls.run(&self.budget, credential, now, call).await
    }

    async fn verify_with_api(
        &self,
        token: &str,
        kind: TokenType,
        is_known: bool,
    ) -> Result<MachineAuth, MachineError> {
        let m2m_handle = self.m2m_handle.as_ref();
        let handle = match kind {
            TokenType::M2m => m2m_handle.unwrap_or(&self.handle),
            _ => &self.handle,
        };
        let call = OpaqueTokenCall {
            handle,
            verifier: &self.verifier,
            token,
            is_known,
        };
        match kind {
            TokenType::ApiKey => call.verify_api_key().await,
            TokenType::M2m => call.verify_m2m().await,
            TokenType::OAuth => call.verify_oauth(&self.oauth_audiences).await,
            TokenType::Session => Err(MachineError::NotAMachine),
        }
    }
}

impl fmt::Debug for MachineVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MachineVerifier")
            .field("config", &self.handle)
            .field("verifier", &self.verifier)
            .field("oauth_audiences", &self.oauth_audiences)
            .finish_non_exhaustive()
    }
}
