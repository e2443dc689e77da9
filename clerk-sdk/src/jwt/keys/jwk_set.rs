//! A JSON Web Key Set: the keys of an instance by their ids.

use std::sync::Arc;

use serde_json::Value;

use super::key_error::KeyError;
use super::public_key::VerifyingKey;

/// The public keys of an instance by key id. It is cheap to clone.
#[derive(Clone, Debug)]
pub struct JwkSet(Arc<[(String, VerifyingKey)]>);

impl JwkSet {
    /// Parses a JSON Web Key Set.
    ///
    /// Keys of unsupported types and keys that are not for signatures are skipped: the set may contain keys for
    /// other clients.
    ///
    /// # Errors
    ///
    /// Returns an error if it is not a set, or if none of its keys can be used.
    pub fn from_jwks(jwks: &Value) -> Result<Self, KeyError> {
        let keys = jwks.get("keys").and_then(Value::as_array);
        let keys = keys.ok_or(KeyError::not_jwk("keys"))?;
        let usable = keys.iter().filter_map(|jwk| {
            let id = jwk.get("kid").and_then(Value::as_str)?;
            Some((id.to_owned(), VerifyingKey::from_jwk(jwk).ok()?))
        });
        let set: Arc<[(String, VerifyingKey)]> = usable.collect();
        match set.is_empty() {
            true => Err(KeyError::not_jwk("none of its keys can be used")),
            false => Ok(Self(set)),
        }
    }

    /// The ids of all keys.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.0.iter().map(|(id, _)| id.clone()).collect()
    }

    pub(crate) fn get(&self, id: &str) -> Option<&VerifyingKey> {
        let found = self.0.iter().find(|(own, _)| own == id);
        found.map(|(_, key)| key)
    }
}
