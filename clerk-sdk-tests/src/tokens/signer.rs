//! The token signer: signs JSON Web Tokens with keys like those of a Clerk instance.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::tokens::private_key::PrivateKey;
use crate::tokens::public_key;

/// The id of the emulated instance's signing key.
const INSTANCE_KEY_ID: &str = "ins_2emulate0000000000000000001";

/// The instance's key, in the format PKCS #8.
pub(crate) const INSTANCE_KEY: &[u8] = include_bytes!("../../keys/instance.der");

/// Signs tokens with one key.
///
/// The RSA keys are part of this repository, so their tokens must be trusted in tests only.
pub struct Signer {
    key_id: String,
    algorithm: &'static str,
    key: PrivateKey,
}

impl Signer {
    /// Signs with the emulated instance's RSA key, which is in the emulator's `/jwks`.
    pub fn instance() -> Self {
        Self::new(
            INSTANCE_KEY_ID,
            "RS256",
            PrivateKey::from_rsa_pkcs8(INSTANCE_KEY),
        )
    }

    /// Signs with an RSA key that does not belong to the emulated instance, even if `id` is that of
    /// its key.
    pub fn with_other_key(id: &str) -> Self {
        let der = include_bytes!("../../keys/other.der");
        Self::new(id, "RS256", PrivateKey::from_rsa_pkcs8(der))
    }

    /// Signs with a new key for `ES256`, `ES384` or `EdDSA`.
    ///
    /// # Panics
    ///
    /// Panics if the algorithm is not one of these.
    pub fn generate(id: &str, algorithm: &'static str) -> Self {
        Self::new(id, algorithm, PrivateKey::generate(algorithm))
    }

    fn new(id: &str, algorithm: &'static str, key: PrivateKey) -> Self {
        Self {
            key_id: id.to_owned(),
            algorithm,
            key,
        }
    }

    /// Signs with another RSA algorithm: `RS384` or `RS512`.
    pub fn with_algorithm(mut self, algorithm: &'static str) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// Returns the id of the key.
    pub fn id(&self) -> &str {
        &self.key_id
    }

    /// Returns the header of a token signed with this key.
    pub fn header(&self) -> Value {
        json!({"alg": self.algorithm, "kid": self.key_id, "typ": "JWT"})
    }

    /// Signs a token with the given claims.
    pub fn sign(&self, claims: &Value) -> String {
        self.sign_with(&self.header(), claims)
    }

    /// Signs a token with the given header and claims, which need not match this key.
    pub fn sign_with(&self, header: &Value, claims: &Value) -> String {
        self.sign_bytes(header.to_string().as_bytes(), claims.to_string().as_bytes())
    }

    /// Signs a token whose header and claims are arbitrary bytes.
    pub fn sign_bytes(&self, header: &[u8], claims: &[u8]) -> String {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let message = format!("{}.{}", encode(header), encode(claims));
        let signature = self.key.sign(self.algorithm, message.as_bytes());
        format!("{message}.{}", encode(&signature))
    }

    /// Returns the public key as a JSON Web Key.
    pub fn jwk(&self) -> Value {
        let mut jwk = public_key::to_jwk(&self.key, self.algorithm);
        jwk["kid"] = json!(self.key_id);
        jwk["alg"] = json!(self.algorithm);
        jwk["use"] = json!("sig");
        jwk
    }

    /// Returns the public key in PEM format.
    pub fn pem(&self) -> String {
        public_key::to_pem(&self.key, self.algorithm)
    }
}
