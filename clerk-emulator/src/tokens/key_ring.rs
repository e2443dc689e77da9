//! The keys of an instance: the newest one signs, and the tokens of all are valid.

use std::sync::OnceLock;

use serde_json::{Value, json};

use super::signing_key::SigningKey;

/// The keys of an instance, the oldest first. There is always one.
#[derive(Debug)]
pub(crate) struct KeyRing(Vec<NamedKey>);

/// A key that is generated when it is used first, because that takes a while.
#[derive(Debug)]
struct NamedKey {
    id: String,
    key: OnceLock<SigningKey>,
}

impl NamedKey {
    fn new(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            key: OnceLock::new(),
        }
    }

    fn get(&self) -> &SigningKey {
        self.key.get_or_init(SigningKey::generate)
    }
}

impl KeyRing {
    pub(crate) fn new(id: &str) -> Self {
        Self(vec![NamedKey::new(id)])
    }

    fn newest(&self) -> &NamedKey {
        &self.0[self.0.len() - 1]
    }

    /// Returns the id of the key that signs.
    pub(crate) fn current_id(&self) -> &str {
        &self.newest().id
    }

    /// Returns the key that signs.
    pub(crate) fn current(&self) -> &SigningKey {
        self.newest().get()
    }

    /// Adds a key, which signs from now on.
    pub(crate) fn add(&mut self, id: &str) {
        self.0.push(NamedKey::new(id));
    }

    /// Drops all keys but the newest one.
    pub(crate) fn drop_old(&mut self) {
        self.0.drain(..self.0.len() - 1);
    }

    /// Returns the claims of a token that one of the keys signed, whether or not it has expired.
    pub(crate) fn claims(&self, token: &str) -> Option<Value> {
        let generated = self.0.iter().rev().filter_map(|it| it.key.get());
        generated.into_iter().find_map(|it| it.claims(token))
    }

    /// Returns the public halves as JSON Web Keys, the newest first.
    pub(crate) fn to_jwks(&self) -> Vec<Value> {
        let keys = self.0.iter().rev();
        keys.map(|it| it.get().to_jwk(&it.id)).collect()
    }

    /// Returns the ids of the keys, with the keys in the format PKCS #8. A key that has not been used yet is null.
    pub(crate) fn to_json(&self) -> Value {
        let key = |it: &NamedKey| it.key.get().map(SigningKey::to_pkcs8);
        let keys = self.0.iter();
        keys.map(|it| json!({ "id": it.id, "pkcs8": key(it) }))
            .collect()
    }

    /// Reads what [`to_json`](Self::to_json) returns; nothing if it is invalid.
    pub(crate) fn from_json(json: &Value) -> Option<Self> {
        let keys = json.as_array()?.iter().map(|item| {
            let named = NamedKey::new(item["id"].as_str()?);
            if let Some(text) = item["pkcs8"].as_str() {
                // The cell is empty, so setting it cannot fail.
                let _ = named.key.set(SigningKey::from_pkcs8(text)?);
            }
            Some(named)
        });
        let keys: Vec<NamedKey> = keys.collect::<Option<_>>()?;
        (!keys.is_empty()).then_some(Self(keys))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_of_an_old_key_are_valid_until_it_is_dropped() {
        let mut keys = KeyRing::new("one");
        let claims = json!({ "sub": "user_1" });
        let token = keys.current().sign(&json!({}), &claims);
        keys.add("two");
        assert_eq!(keys.claims(&token), Some(claims.clone()));
        assert_eq!(keys.current_id(), "two");
        assert_eq!(keys.to_jwks().len(), 2);
        let restored = KeyRing::from_json(&keys.to_json()).expect("valid");
        assert_eq!(restored.to_jwks(), keys.to_jwks());
        assert_eq!(restored.claims(&token), Some(claims));
        keys.drop_old();
        assert_eq!(keys.claims(&token), None);
    }
}
