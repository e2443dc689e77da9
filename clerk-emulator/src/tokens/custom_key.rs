//! The keys of JWT templates that do not use the key of the instance.

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
    RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RsaEncoding, RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::jwt;

/// A private or shared key for an algorithm of JSON Web Tokens.
pub(crate) enum CustomKey {
    Hmac(Box<hmac::Key>),
    Rsa(Box<RsaKeyPair>, &'static dyn RsaEncoding),
    Ecdsa(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl CustomKey {
    /// Reads a key: a secret for `HS256` and its relatives, and otherwise a private key in PEM.
    pub(crate) fn parse(algorithm: &str, text: &str) -> Option<Self> {
        Some(match algorithm {
            "HS256" => hmac(hmac::HMAC_SHA256, text),
            "HS384" => hmac(hmac::HMAC_SHA384, text),
            "HS512" => hmac(hmac::HMAC_SHA512, text),
            "RS256" => Self::Rsa(rsa(text)?, &RSA_PKCS1_SHA256),
            "RS384" => Self::Rsa(rsa(text)?, &RSA_PKCS1_SHA384),
            "RS512" => Self::Rsa(rsa(text)?, &RSA_PKCS1_SHA512),
            "ES256" | "ES384" => {
                let curve = match algorithm {
                    "ES256" => &ECDSA_P256_SHA256_FIXED_SIGNING,
                    _ => &ECDSA_P384_SHA384_FIXED_SIGNING,
                };
                Self::Ecdsa(EcdsaKeyPair::from_private_key_der(curve, &der(text)?).ok()?)
            }
            "EdDSA" => Self::Ed25519(Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der(text)?).ok()?),
            _ => return None,
        })
    }

    /// Signs a token.
    pub(crate) fn sign(&self, header: &Value, claims: &Value) -> String {
        jwt::encode(header, claims, |message| {
            self.signature(message).unwrap_or_default()
        })
    }

    fn signature(&self, message: &[u8]) -> Option<Vec<u8>> {
        let random = SystemRandom::new();
        Some(match self {
            Self::Hmac(key) => hmac::sign(key, message).as_ref().to_vec(),
            Self::Rsa(key, padding) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(*padding, &random, message, &mut signature).ok()?;
                signature
            }
            Self::Ecdsa(key) => key.sign(&random, message).ok()?.as_ref().to_vec(),
            Self::Ed25519(key) => key.sign(message).as_ref().to_vec(),
        })
    }
}

fn hmac(algorithm: hmac::Algorithm, secret: &str) -> CustomKey {
    CustomKey::Hmac(Box::new(hmac::Key::new(algorithm, secret.as_bytes())))
}

fn rsa(pem: &str) -> Option<Box<RsaKeyPair>> {
    let der = der(pem)?;
    let key = RsaKeyPair::from_pkcs8(&der).or_else(|_| RsaKeyPair::from_der(&der));
    key.ok().map(Box::new)
}

/// Returns the content of a PEM text.
fn der(pem: &str) -> Option<Vec<u8>> {
    let (_, rest) = pem.split_once("-----BEGIN ")?;
    let (_, rest) = rest.split_once("-----")?;
    let (base64, _) = rest.split_once("-----END ")?;
    let base64: String = base64.split_whitespace().collect();
    STANDARD.decode(base64).ok()
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::encoding::AsDer;
    use aws_lc_rs::rsa::KeySize;
    use serde_json::json;

    use super::*;

    fn pem(der: &[u8]) -> String {
        let base64 = STANDARD.encode(der);
        format!("-----BEGIN PRIVATE KEY-----\n{base64}\n-----END PRIVATE KEY-----\n")
    }

    #[test]
    fn each_algorithm_signs() {
        let random = SystemRandom::new();
        let rsa = RsaKeyPair::generate(KeySize::Rsa2048).expect("a key");
        let rsa = pem(rsa.as_der().expect("an encoding").as_ref());
        let curves = [
            &ECDSA_P256_SHA256_FIXED_SIGNING,
            &ECDSA_P384_SHA384_FIXED_SIGNING,
        ];
        let [p256, p384] = curves.map(|curve| {
            let pkcs8 = EcdsaKeyPair::generate_pkcs8(curve, &random);
            pem(pkcs8.expect("a key").as_ref())
        });
        let ed25519 = Ed25519KeyPair::generate_pkcs8(&random).expect("a key");
        let ed25519 = pem(ed25519.as_ref());
        for (algorithm, key, length) in [
            ("HS256", "secret", 43),
            ("HS384", "secret", 64),
            ("HS512", "secret", 86),
            ("RS256", &rsa, 342),
            ("RS384", &rsa, 342),
            ("RS512", &rsa, 342),
            ("ES256", &p256, 86),
            ("ES384", &p384, 128),
            ("EdDSA", &ed25519, 86),
        ] {
            let key = CustomKey::parse(algorithm, key).expect(algorithm);
            let token = key.sign(&json!({ "alg": algorithm }), &json!({}));
            let signature = token.rsplit('.').next().expect("a signature");
            assert_eq!(signature.len(), length, "{algorithm}");
        }
    }

    #[test]
    fn malformed_keys_are_none() {
        for algorithm in ["RS256", "ES256", "EdDSA", "none"] {
            for text in ["", "-----BEGIN X-----", &pem(b"x")] {
                assert!(CustomKey::parse(algorithm, text).is_none(), "{algorithm}");
            }
        }
    }
}
