//! What signs tokens here: keys like those of a Clerk instance. They are in this repository, so nothing real
//! may trust them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
    KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RsaKeyPair,
};
use serde_json::{Value, json};
use spki::der::EncodePem;
use spki::der::asn1::{BitStringRef, Null, ObjectIdentifier};
use spki::der::{AnyRef, pem::LineEnding};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

/// Signs tokens.
pub struct Signer {
    id: String,
    algorithm: &'static str,
    key: Private,
}

enum Private {
    Rsa(RsaKeyPair),
    Ecdsa(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

/// The id of the emulator's own key.
pub(crate) const INSTANCE: &str = "ins_2stand1n0000000000000000001";

impl Signer {
    /// Signs with the emulator's own key, as `Emulator` tells by its `/jwks`.
    pub fn instance() -> Self {
        Self::rsa(INSTANCE, include_bytes!("../keys/instance.der"))
    }

    /// Signs with another RSA key.
    pub fn with_other_key(id: &str) -> Self {
        Self::rsa(id, include_bytes!("../keys/other.der"))
    }

    fn rsa(id: &str, der: &[u8]) -> Self {
        let key = RsaKeyPair::from_der(der).expect("the committed keys are RSA keys");
        Self::new(id, "RS256", Private::Rsa(key))
    }

    /// Signs with a key made now, for one of `ES256`, `ES384` and `EdDSA`.
    ///
    /// # Panics
    ///
    /// For another algorithm.
    pub fn generate(id: &str, algorithm: &'static str) -> Self {
        let random = SystemRandom::new();
        let key = match algorithm {
            "ES256" | "ES384" => {
                let signing = match algorithm {
                    "ES256" => &ECDSA_P256_SHA256_FIXED_SIGNING,
                    _ => &ECDSA_P384_SHA384_FIXED_SIGNING,
                };
                let pkcs8 = EcdsaKeyPair::generate_pkcs8(signing, &random);
                let pkcs8 = pkcs8.expect("a key can be made");
                let key = EcdsaKeyPair::from_pkcs8(signing, pkcs8.as_ref(), &random);
                Private::Ecdsa(key.expect("it was made for this"))
            }
            "EdDSA" => {
                let pkcs8 = Ed25519KeyPair::generate_pkcs8(&random).expect("a key can be made");
                let key = Ed25519KeyPair::from_pkcs8(pkcs8.as_ref());
                Private::Ed25519(key.expect("it was made for this"))
            }
            other => panic!("no keys are made for {other}"),
        };
        Self::new(id, algorithm, key)
    }

    fn new(id: &str, algorithm: &'static str, key: Private) -> Self {
        Self {
            id: id.to_owned(),
            algorithm,
            key,
        }
    }

    /// Signs with another of RSA's hashes: `RS384` or `RS512`.
    pub fn with_algorithm(mut self, algorithm: &'static str) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// The id of the key.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The header of a token of this key.
    pub fn header(&self) -> Value {
        json!({"alg": self.algorithm, "kid": self.id, "typ": "JWT"})
    }

    /// A token with these claims.
    pub fn sign(&self, claims: &Value) -> String {
        self.sign_with(&self.header(), claims)
    }

    /// A token with this header and these claims, whatever they are.
    pub fn sign_with(&self, header: &Value, claims: &Value) -> String {
        self.sign_bytes(header.to_string().as_bytes(), claims.to_string().as_bytes())
    }

    /// A token of these bytes.
    pub fn sign_bytes(&self, header: &[u8], claims: &[u8]) -> String {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let signed = format!("{}.{}", encode(header), encode(claims));
        let signature = self.signature(signed.as_bytes());
        format!("{signed}.{}", encode(&signature))
    }

    fn signature(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.key {
            Private::Rsa(key) => {
                let padding = match self.algorithm {
                    "RS384" => &RSA_PKCS1_SHA384,
                    "RS512" => &RSA_PKCS1_SHA512,
                    _ => &RSA_PKCS1_SHA256,
                };
                let mut signature = vec![0; key.public().modulus_len()];
                let signed = key.sign(padding, &random, message, &mut signature);
                signed.expect("the signature has the length of the key");
                signature
            }
            Private::Ecdsa(key) => {
                let signature = key.sign(&random, message);
                signature.expect("randomness can be had").as_ref().to_vec()
            }
            Private::Ed25519(key) => key.sign(message).as_ref().to_vec(),
        }
    }

    /// The public half as a JSON Web Key.
    pub fn jwk(&self) -> Value {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let mut jwk = match &self.key {
            Private::Rsa(key) => {
                let public: PublicKeyComponents<Vec<u8>> = key.public().into();
                json!({"kty": "RSA", "n": encode(&public.n), "e": encode(&public.e)})
            }
            Private::Ecdsa(key) => {
                let point = &key.public_key().as_ref()[1..];
                let (x, y) = point.split_at(point.len() / 2);
                let curve = match self.algorithm {
                    "ES384" => "P-384",
                    _ => "P-256",
                };
                json!({"kty": "EC", "crv": curve, "x": encode(x), "y": encode(y)})
            }
            Private::Ed25519(key) => {
                json!({"kty": "OKP", "crv": "Ed25519", "x": encode(key.public_key().as_ref())})
            }
        };
        jwk["kid"] = json!(self.id);
        jwk["alg"] = json!(self.algorithm);
        jwk["use"] = json!("sig");
        jwk
    }

    /// The public half in PEM.
    pub fn pem(&self) -> String {
        const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
        const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
        const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
        let (oid, parameters, bits) = match &self.key {
            Private::Rsa(key) => {
                let rsa = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
                (rsa, Some(AnyRef::from(Null)), key.public().as_ref())
            }
            Private::Ecdsa(key) => {
                let curve = match self.algorithm {
                    "ES384" => &P384,
                    _ => &P256,
                };
                (EC, Some(AnyRef::from(curve)), key.public_key().as_ref())
            }
            Private::Ed25519(key) => {
                let ed25519 = ObjectIdentifier::new_unwrap("1.3.101.112");
                (ed25519, None, key.public_key().as_ref())
            }
        };
        let info = SubjectPublicKeyInfoRef {
            algorithm: AlgorithmIdentifierRef { oid, parameters },
            subject_public_key: BitStringRef::from_bytes(bits).expect("a key is not that long"),
        };
        info.to_pem(LineEnding::LF).expect("a key can be written")
    }
}
