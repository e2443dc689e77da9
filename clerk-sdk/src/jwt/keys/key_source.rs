//! Where a verifier takes its keys from: one key, a set of keys, or Clerk's JWKS endpoint.

use std::time::SystemTime;

use super::jwks_fetch::Jwks;
use super::key_set::KeySet;
use super::public_key::Key;
use crate::config::ClientConfig;
use crate::jwt::error::TokenError;

/// The keys of a [`Verifier`](crate::jwt::Verifier). Create them from one of these:
///
/// - a [`Key`]: every token is verified with it, whatever key id the token names;
/// - a [`KeySet`]: a token is verified with the key that it names;
/// - a [`Jwks`], or a [`ClientConfig`] with a secret key: the keys are fetched from Clerk when first needed.
#[derive(Clone, Debug)]
pub struct Keys(Source);

#[derive(Clone, Debug)]
enum Source {
    Single(Key),
    Set(KeySet),
    Remote(Jwks),
}

impl From<Key> for Keys {
    fn from(key: Key) -> Self {
        Self(Source::Single(key))
    }
}

impl From<KeySet> for Keys {
    fn from(keys: KeySet) -> Self {
        Self(Source::Set(keys))
    }
}

impl From<Jwks> for Keys {
    fn from(keys: Jwks) -> Self {
        Self(Source::Remote(keys))
    }
}

impl From<ClientConfig> for Keys {
    fn from(config: ClientConfig) -> Self {
        Jwks::new(config).into()
    }
}

impl Keys {
    /// The key for a token with this key id. Waits for a fetch if it is needed.
    pub(crate) async fn get(
        &self,
        key_id: Option<&str>,
        now: SystemTime,
    ) -> Result<Key, TokenError> {
        match &self.0 {
            Source::Single(key) => Ok(key.clone()),
            Source::Set(keys) => key_of_set(keys, key_id),
            Source::Remote(jwks) => jwks.key(key_id.ok_or(TokenError::UnknownKey)?, now).await,
        }
    }

    /// The key for a token with this key id, without waiting. Starts a refresh in the background if the keys are
    /// Clerk's and one is due.
    pub(crate) fn get_now(&self, key_id: Option<&str>, now: SystemTime) -> Result<Key, TokenError> {
        match &self.0 {
            Source::Single(key) => Ok(key.clone()),
            Source::Set(keys) => key_of_set(keys, key_id),
            Source::Remote(jwks) => {
                let key = key_id.and_then(|id| jwks.cached_key(id, now));
                key.ok_or(TokenError::UnknownKey)
            }
        }
    }

    /// Fetches the keys now if they are Clerk's.
    pub(crate) async fn load(&self, now: SystemTime) -> Result<(), TokenError> {
        match &self.0 {
            Source::Remote(jwks) => jwks.load_at(now).await,
            Source::Single(_) | Source::Set(_) => Ok(()),
        }
    }
}

fn key_of_set(keys: &KeySet, key_id: Option<&str>) -> Result<Key, TokenError> {
    let key = key_id.and_then(|id| keys.get(id)).cloned();
    key.ok_or(TokenError::UnknownKey)
}
