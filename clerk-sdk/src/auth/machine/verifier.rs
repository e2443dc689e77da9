//! The verifier of machine tokens: configuration, and the choice between cache, keys and API.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::audience::OAuthAudience;
use super::cache::{CachedResult, MachineCache};
use super::error::MachineError;
use super::verified_machine::MachineAuth;
use super::{jwt_token, opaque_token};
use crate::auth::token_type::TokenType;
use crate::config::ClientConfig;
use crate::config::ClientHandle;
use crate::jwt::{MAX_TOKEN_BYTES, TokenError, Verifier};

/// Verifies machine tokens: opaque ones by calling Clerk, JWTs with the instance's keys.
#[derive(Clone)]
#[must_use = "a setter returns the changed value: assign it, or pass it on"]
pub struct MachineVerifier {
    handle: ClientHandle,
    /// Used for machine-to-machine tokens if a machine secret key is set.
    m2m_handle: Option<ClientHandle>,
    verifier: Verifier,
    oauth_audiences: OAuthAudience,
    cache: Option<Arc<MachineCache>>,
}

impl MachineVerifier {
    /// Creates a verifier that calls Clerk with the secret key in `config`, and verifies JWTs with the keys
    /// of its instance.
    pub fn new(config: ClientConfig) -> Self {
        let verifier = Verifier::new(config.clone());
        Self::from_handle(ClientHandle::new(config), verifier)
    }

    pub(in crate::auth) fn from_handle(handle: ClientHandle, verifier: Verifier) -> Self {
        Self {
            handle,
            m2m_handle: None,
            verifier,
            oauth_audiences: OAuthAudience::default(),
            cache: None,
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
    pub fn oauth_audiences(
        mut self,
        audience: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        self.oauth_audiences = OAuthAudience::new(audience);
        self.clear_cache();
        self
    }

    /// Caches up to `tokens` valid opaque tokens for `lifetime` each, instead of calling Clerk for each
    /// request. The same number of unknown tokens is cached, for up to 5 seconds each.
    ///
    /// A cached token is accepted for up to `lifetime` after it was revoked, but never after it has expired.
    /// A token that was used before it was created is rejected for up to 5 more seconds.
    ///
    /// If `tokens` is 0, the cache is disabled, which is the default.
    pub fn cache(mut self, tokens: usize, lifetime: Duration) -> Self {
        self.cache = (tokens > 0).then(|| Arc::new(MachineCache::new(tokens, lifetime)));
        self
    }

    /// Replaces the cache: a token that was accepted with the old configuration may not be with the new one.
    fn clear_cache(&mut self) {
        let cache = self.cache.take();
        self.cache = cache.map(|cache| Arc::new(cache.new_empty()));
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
        let Some(cache) = &self.cache else {
            return self.verify_with_api(token, kind).await;
        };
        let digest = MachineCache::digest(token);
        match cache.get(&digest, now) {
            Some(CachedResult::Verified(machine)) => return Ok(machine),
            Some(CachedResult::Unknown) => return Err(MachineError::Unknown),
            None => {}
        }
        let result = self.verify_with_api(token, kind).await;
        match &result {
            Ok(machine) => cache.put_verified(digest, machine.clone(), now),
            Err(MachineError::Unknown) => cache.put_unknown(digest, now),
            Err(_) => {}
        }
        result
    }

    async fn verify_with_api(
        &self,
        token: &str,
        kind: TokenType,
    ) -> Result<MachineAuth, MachineError> {
        let (handle, verifier) = (&self.handle, &self.verifier);
        match kind {
            TokenType::ApiKey => opaque_token::verify_api_key(handle, verifier, token).await,
            TokenType::M2m => {
                let handle = self.m2m_handle.as_ref().unwrap_or(handle);
                opaque_token::verify_m2m(handle, verifier, token).await
            }
            TokenType::OAuth => {
                let audiences = &self.oauth_audiences;
                opaque_token::verify_oauth(handle, verifier, audiences, token).await
            }
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
