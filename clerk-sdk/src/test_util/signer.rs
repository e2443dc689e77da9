//! Signs tokens for tests.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use spki::der::EncodePem;
use spki::der::asn1::{BitStringRef, ObjectIdentifier};
use spki::der::pem::LineEnding;
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

use super::machine::TestMachine;
use super::session::{TestSession, unix_seconds};
use crate::auth::{Authenticator, TokenType};
use crate::backend::BackendError;
use crate::config::ClientConfig;
use crate::crypto::rand::SystemRandom;
use crate::crypto::signature::{Ed25519KeyPair, KeyPair};
use crate::jwt::{Category, Verifier, VerifyingKey};
use crate::retry::RetryPolicy;

const KEY_ID: &str = "ins_test";
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const TEMPLATE_LIFETIME_SECONDS: u64 = 60 * 60;

/// Signs tokens with a key of its own, for tests: see the [module documentation](super).
///
/// The key is generated. Nothing trusts it unless you configure it with one of
/// [`authenticator`](Self::authenticator), [`verifier`](Self::verifier), [`jwks`](Self::jwks) or [`pem`](Self::pem).
///
/// Tokens are like Clerk's, except that they are signed with Ed25519 (`EdDSA`) instead of RSA, whose keys take long to
/// generate. A signer is cheap to clone.
#[derive(Clone)]
pub struct TestSigner(Arc<Ed25519KeyPair>);

impl TestSigner {
    /// Generates a key.
    pub fn generate() -> Self {
        let key = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new());
        let key = key.expect("the system provides randomness");
        let key = Ed25519KeyPair::from_pkcs8(key.as_ref());
        Self(Arc::new(key.expect("a generated key is valid")))
    }

    /// Returns an authenticator that trusts this signer and makes no calls. Configure it further as your
    /// application does, for example with [`authorized_parties`](Authenticator::authorized_parties).
    ///
    /// Tokens that only Clerk can verify, such as API keys, are unavailable (503).
    pub fn authenticator(&self) -> Authenticator {
        let config = ClientConfig::new("sk_test_none").retry(RetryPolicy::none());
        let config = config.backend(async |_: http::Request<bytes::Bytes>| {
            Err(BackendError::not_sent(
                "the authenticator of a `TestSigner` makes no calls",
            ))
        });
        Authenticator::new(config).verifier(self.verifier())
    }

    /// Returns a verifier that trusts this signer, for [`Authenticator::verifier`].
    pub fn verifier(&self) -> Verifier {
        let key = VerifyingKey::from_jwk(&self.jwk());
        Verifier::new(key.expect("the public key of a signer is valid"))
    }

    /// Returns the JSON Web Key Set with the public key.
    pub fn jwks(&self) -> Value {
        json!({ "keys": [self.jwk()] })
    }

    fn jwk(&self) -> Value {
        let key = URL_SAFE_NO_PAD.encode(self.0.public_key());
        json!({
            "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": KEY_ID, "x": key,
        })
    }

    /// Returns the public key in PEM, for applications that are configured with it.
    pub fn pem(&self) -> String {
        let info = SubjectPublicKeyInfoRef {
            algorithm: AlgorithmIdentifierRef {
                oid: ED25519,
                parameters: None,
            },
            subject_public_key: BitStringRef::from_bytes(self.0.public_key().as_ref())
                .expect("a public key fits a bit string"),
        };
        let pem = info.to_pem(LineEnding::LF);
        pem.expect("a public key can be encoded")
    }

    /// Signs the token of a session.
    ///
    /// # Panics
    ///
    /// Panics if the session cannot exist: see [`TestSession::claims`].
    pub fn session_token(&self, session: &TestSession) -> String {
        self.sign(
            json!({"cat": Category::Session.as_str()}),
            &session.claims(),
        )
    }

    /// Signs a token of a JWT template for a user, for [`Verifier::verify_template`]. The members of `claims` are added
    /// to the claims that Clerk adds to each token, or replace them.
    ///
    /// # Panics
    ///
    /// Panics if `claims` is not an object.
    pub fn template_token(&self, user_id: &str, claims: Value) -> String {
        let now = unix_seconds(SystemTime::now());
        let mut all = json!({
            "sub": user_id, "iss": "https://clerk.example.com", "azp": "http://localhost:3000",
            "iat": now, "nbf": now, "exp": now + TEMPLATE_LIFETIME_SECONDS, "jti": "token_test",
        });
        let Value::Object(claims) = claims else {
            panic!("the claims of a template are an object");
        };
        for (name, value) in claims {
            all[name] = value;
        }
        self.sign(json!({"cat": Category::JwtTemplate.as_str()}), &all)
    }

    /// Signs the token of a machine, which [`Authenticator::accepts_token`] has to accept.
    ///
    /// # Panics
    ///
    /// Panics if it is an API key, which only Clerk can verify. Send it to a mock [`Backend`](crate::Backend) instead.
    pub fn machine_token(&self, machine: &TestMachine) -> String {
        let header = match machine.token_type() {
            TokenType::M2m => json!({"cat": Category::Machine.as_str()}),
            TokenType::OAuth => json!({"typ": "at+jwt"}),
            other => panic!("there are no tokens of the type `{other}` that a signer can sign"),
        };
        self.sign(header, &machine.claims())
    }

    /// Signs a token. The members of `kind` are added to its header.
    fn sign(&self, kind: Value, claims: &Value) -> String {
        let mut header = json!({"alg": "EdDSA", "kid": KEY_ID, "typ": "JWT"});
        for (name, value) in kind.as_object().into_iter().flatten() {
            header[name] = value.clone();
        }
        let encode = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let message = format!("{}.{}", encode(&header), encode(claims));
        let signature = self.0.sign(message.as_bytes());
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// Shows nothing of the key.
impl fmt::Debug for TestSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestSigner").finish_non_exhaustive()
    }
}
