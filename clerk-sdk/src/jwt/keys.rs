//! Where a verifier gets its keys.

use std::borrow::Cow;
use std::time::SystemTime;

use super::error::TokenError;
use super::jwks::Jwks;
use super::key::{Key, KeySet};
use super::token::Header;
use crate::ClientConfig;

/// Where a [`Verifier`](super::Verifier) gets its keys. It is made from any of these:
///
/// - a [`Key`]: every token is checked with it, whatever key it names;
/// - a [`KeySet`]: a token is checked with the key it names;
/// - a [`Jwks`], or a [`ClientConfig`] with a secret key: the keys are Clerk's, fetched when first needed.
#[derive(Clone, Debug)]
pub struct Keys(Source);

#[derive(Clone, Debug)]
enum Source {
    One(Key),
    Several(KeySet),
    Remote(Jwks),
}

impl From<Key> for Keys {
    fn from(key: Key) -> Self {
        Self(Source::One(key))
    }
}

impl From<KeySet> for Keys {
    fn from(keys: KeySet) -> Self {
        Self(Source::Several(keys))
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
    /// The key for a token, if it is at hand. `Ok(None)` is for those that may be fetched.
    pub(super) fn at_hand(
        &self,
        header: &Header,
        now: SystemTime,
    ) -> Result<Option<Cow<'_, Key>>, TokenError> {
        let id = || header.key_id.as_deref().ok_or(TokenError::UnknownKey);
        match &self.0 {
            Source::One(key) => Ok(Some(Cow::Borrowed(key))),
            Source::Several(keys) => match keys.get(id()?) {
                Some(key) => Ok(Some(Cow::Borrowed(key))),
                None => Err(TokenError::UnknownKey),
            },
            Source::Remote(keys) => Ok(keys.at_hand(id()?, now).map(Cow::Owned)),
        }
    }

    /// As [`at_hand`](Self::at_hand), for who cannot wait: also keys that had better be fetched anew.
    pub(super) fn at_hand_or_due(
        &self,
        header: &Header,
        now: SystemTime,
    ) -> Result<Cow<'_, Key>, TokenError> {
        match (&self.0, header.key_id.as_deref()) {
            (Source::Remote(keys), Some(id)) => {
                let key = keys.at_hand_or_due(id, now).map(Cow::Owned);
                key.ok_or(TokenError::UnknownKey)
            }
            _ => self.at_hand(header, now)?.ok_or(TokenError::UnknownKey),
        }
    }

    /// Fetches them now, where they are Clerk's.
    pub(super) async fn load(&self, now: SystemTime) -> Result<(), TokenError> {
        match &self.0 {
            Source::Remote(keys) => keys.load_at(now).await,
            Source::One(_) | Source::Several(_) => Ok(()),
        }
    }

    /// The key for a token, fetched if need be.
    pub(super) async fn fetched(
        &self,
        header: &Header,
        now: SystemTime,
    ) -> Result<Key, TokenError> {
        match (&self.0, header.key_id.as_deref()) {
            (Source::Remote(keys), Some(id)) => keys.key(id, now).await,
            _ => Err(TokenError::UnknownKey),
        }
    }
}
