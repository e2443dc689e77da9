//! Where a verifier takes its keys from: one key, a set of keys, or Clerk's JWKS endpoint.

use std::time::SystemTime;

use super::jwk_set::JwkSet;
use super::jwks_fetch::RemoteJwks;
use super::public_key::VerifyingKey;
use crate::config::ClientConfig;
use crate::jwt::token_error::TokenError;

/// The keys of a [`Verifier`](crate::jwt::Verifier). Create them from one of these:
///
/// - a [`VerifyingKey`]: every token is verified with it, whatever key id the token names;
/// - a [`JwkSet`]: a token is verified with the key that it names;
/// - a [`RemoteJwks`], or a [`ClientConfig`] with a secret key: the keys are fetched from Clerk when first needed.
#[derive(Clone, Debug)]
pub struct KeySource(Source);

#[derive(Clone, Debug)]
enum Source {
    Single(VerifyingKey),
    Set(JwkSet),
    Remote(RemoteJwks),
}

impl From<VerifyingKey> for KeySource {
    fn from(key: VerifyingKey) -> Self {
        Self(Source::Single(key))
    }
}

impl From<JwkSet> for KeySource {
    fn from(keys: JwkSet) -> Self {
        Self(Source::Set(keys))
    }
}

impl From<RemoteJwks> for KeySource {
    fn from(keys: RemoteJwks) -> Self {
        Self(Source::Remote(keys))
    }
}

impl From<ClientConfig> for KeySource {
    fn from(config: ClientConfig) -> Self {
        RemoteJwks::new(config).into()
    }
}

impl KeySource {
    /// The key for a token with this key id. Waits for a fetch if it is needed.
    pub(crate) async fn get(
        &self,
        key_id: Option<&str>,
        now: SystemTime,
    ) -> Result<VerifyingKey, TokenError> {
        match &self.0 {
            Source::Single(key) => Ok(key.clone()),
            Source::Set(keys) => key_of_set(keys, key_id),
            Source::Remote(jwks) => {
                let key_id = key_id.ok_or_else(|| TokenError::unknown_key(jwks.key_ids()))?;
                jwks.key(key_id, now).await
            }
        }
    }

    /// The key for a token with this key id, without waiting. Starts a refresh in the background if the keys are
    /// Clerk's and one is due.
    pub(crate) fn get_cached(
        &self,
        key_id: Option<&str>,
        now: SystemTime,
    ) -> Result<VerifyingKey, TokenError> {
        match &self.0 {
            Source::Single(key) => Ok(key.clone()),
            Source::Set(keys) => key_of_set(keys, key_id),
            Source::Remote(jwks) => {
                let key = key_id.and_then(|id| jwks.cached_key(id, now));
                key.ok_or_else(|| TokenError::unknown_key(jwks.key_ids()))
            }
        }
    }

    /// Fetches the keys now if they are Clerk's.
    pub(crate) async fn prefetch(&self, now: SystemTime) -> Result<(), TokenError> {
        match &self.0 {
            Source::Remote(jwks) => jwks.prefetch_at(now).await,
            Source::Single(_) | Source::Set(_) => Ok(()),
        }
    }
}

fn key_of_set(keys: &JwkSet, key_id: Option<&str>) -> Result<VerifyingKey, TokenError> {
    let key = key_id.and_then(|id| keys.get(id)).cloned();
    key.ok_or_else(|| TokenError::unknown_key(keys.ids()))
}
