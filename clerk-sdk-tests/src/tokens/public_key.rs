//! The formats of public keys: JSON Web Key and PEM.

use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::KeyPair;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use spki::der::asn1::{BitStringRef, Null, ObjectIdentifier};
use spki::der::{AnyRef, EncodePem, pem::LineEnding};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

use crate::tokens::private_key::PrivateKey;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// Encodes the public key as a JSON Web Key, without the key id and the algorithm.
pub(crate) fn to_jwk(key: &PrivateKey, algorithm: &str) -> Value {
    let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    match key {
        PrivateKey::Rsa(key) => {
            let public: PublicKeyComponents<Vec<u8>> = key.public_key().into();
            json!({"kty": "RSA", "n": encode(&public.n), "e": encode(&public.e)})
        }
        PrivateKey::Ecdsa(key) => {
            // The first byte marks the point as uncompressed.
            let point = &key.public_key().as_ref()[1..];
            let (x, y) = point.split_at(point.len() / 2);
            let curve = match algorithm {
                "ES384" => "P-384",
                _ => "P-256",
            };
            json!({"kty": "EC", "crv": curve, "x": encode(x), "y": encode(y)})
        }
        PrivateKey::Ed25519(key) => {
            json!({"kty": "OKP", "crv": "Ed25519", "x": encode(key.public_key().as_ref())})
        }
    }
}

/// Returns the public key in PEM format.
pub(crate) fn to_pem(key: &PrivateKey, algorithm: &str) -> String {
    let (oid, parameters, bits) = match key {
        PrivateKey::Rsa(key) => (RSA, Some(AnyRef::from(Null)), key.public_key().as_ref()),
        PrivateKey::Ecdsa(key) => {
            let curve = match algorithm {
                "ES384" => &P384,
                _ => &P256,
            };
            (EC, Some(AnyRef::from(curve)), key.public_key().as_ref())
        }
        PrivateKey::Ed25519(key) => (ED25519, None, key.public_key().as_ref()),
    };
    let info = SubjectPublicKeyInfoRef {
        algorithm: AlgorithmIdentifierRef { oid, parameters },
        subject_public_key: BitStringRef::from_bytes(bits).expect("a public key fits a bit string"),
    };
    info.to_pem(LineEnding::LF)
        .expect("a public key can be encoded")
}
