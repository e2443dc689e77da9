//! The key of an instance, which signs all of its tokens, except those of JWT templates with keys of their own.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeySize, PublicKeyComponents};
use aws_lc_rs::signature::{
    KeyPair, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey,
};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::jwt;

/// An RSA key of 2048 bits.
#[derive(Debug)]
pub(crate) struct SigningKey {
    key: RsaKeyPair,
    public_der: Vec<u8>,
}

impl SigningKey {
    pub(crate) fn generate() -> Self {
        let key = RsaKeyPair::generate(KeySize::Rsa2048);
        Self::new(key.expect("the system provides randomness"))
    }

    fn new(key: RsaKeyPair) -> Self {
        let public_der = key.public_key().as_der();
        let public_der = public_der.expect("the public half of a key has an encoding");
        let public_der = public_der.as_ref().to_vec();
        Self { key, public_der }
    }

    /// Returns the key in the format PKCS #8, as Base64.
    pub(crate) fn to_pkcs8(&self) -> String {
        let der: Result<Pkcs8V1Der<'_>, _> = self.key.as_der();
        STANDARD.encode(der.expect("a key has an encoding").as_ref())
    }

    /// Reads what [`to_pkcs8`](Self::to_pkcs8) returns; nothing if it is invalid.
    pub(crate) fn from_pkcs8(text: &str) -> Option<Self> {
        let der = STANDARD.decode(text).ok()?;
        RsaKeyPair::from_pkcs8(&der).ok().map(Self::new)
    }

    /// Signs a token.
    pub(crate) fn sign(&self, header: &Value, claims: &Value) -> String {
        jwt::encode(header, claims, |message| {
            let mut signature = vec![0; self.key.public_modulus_len()];
            let random = SystemRandom::new();
            let signed = self
                .key
                .sign(&RSA_PKCS1_SHA256, &random, message, &mut signature);
            signed.expect("the signature is as long as the modulus");
            signature
        })
    }

    /// Returns the claims of a token that this key signed, whether or not it has expired.
    pub(crate) fn claims(&self, token: &str) -> Option<Value> {
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.public_der);
        jwt::decode(token, |message, signature| {
            key.verify(message, signature).is_ok()
        })
    }

    /// Returns the public half as a JSON Web Key.
    pub(crate) fn to_jwk(&self, id: &str) -> Value {
        let public: PublicKeyComponents<Vec<u8>> = self.key.public_key().into();
        let [n, e] = [public.n, public.e].map(|it| URL_SAFE_NO_PAD.encode(it));
        json!({ "use": "sig", "kty": "RSA", "kid": id, "alg": "RS256", "n": n, "e": e })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tokens_of_the_key_have_claims() {
        let [one, other] = [SigningKey::generate(), SigningKey::generate()];
        let claims = json!({ "sub": "user_1" });
        let token = one.sign(&json!({ "alg": "RS256" }), &claims);
        assert_eq!(one.claims(&token), Some(claims));
        assert_eq!(other.claims(&token), None);
        for malformed in ["", ".", "a.b.c", &token[1..]] {
            assert_eq!(one.claims(malformed), None, "{malformed}");
        }
    }
}
