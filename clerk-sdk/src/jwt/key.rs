//! Public keys, and the algorithms that each of them can check.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{self, RsaPublicKeyComponents, UnparsedPublicKey};
use serde_json::Value;
use spki::SubjectPublicKeyInfoRef;
use spki::der::asn1::ObjectIdentifier;
use spki::der::{Decode, Document};

use super::base64url;
use super::error::{KeyError, TokenError};

/// An algorithm that Clerk may sign with. `none` and the HMACs are not among them: with those, who
/// knows the public key can sign.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Algorithm {
    Rs256,
    Rs384,
    Rs512,
    Es256,
    Es384,
    EdDsa,
}

impl Algorithm {
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "RS256" => Self::Rs256,
            "RS384" => Self::Rs384,
            "RS512" => Self::Rs512,
            "ES256" => Self::Es256,
            "ES384" => Self::Es384,
            "EdDSA" => Self::EdDsa,
            _ => return None,
        })
    }
}

/// A public key of a Clerk instance. It is cheap to clone.
#[derive(Clone)]
pub struct Key(Arc<Inner>);

struct Inner {
    material: Material,
    /// The only algorithm it is for, where it says so.
    algorithm: Option<Algorithm>,
}

enum Material {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    P256(Vec<u8>),
    P384(Vec<u8>),
    Ed25519(Vec<u8>),
}

impl Material {
    /// Numbers without the zeros that some write before them.
    fn rsa(n: &[u8], e: &[u8]) -> Self {
        let bare = |number: &[u8]| {
            let start = number.iter().position(|byte| *byte != 0);
            number[start.unwrap_or(number.len())..].to_vec()
        };
        Self::Rsa {
            n: bare(n),
            e: bare(e),
        }
    }
}

/// 2048 bits. What is shorter can be broken.
const MIN_RSA_BYTES: usize = 256;
/// 8192 bits. What is longer is not checked by the library, and would cost too much.
const MAX_RSA_BYTES: usize = 1024;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");

impl Key {
    /// Reads a public key in PEM, as the Clerk Dashboard shows it under "JWKS public key".
    ///
    /// The lines that begin and end it may be missing, and line breaks may be written as `\n`, as
    /// environment variables often have them.
    ///
    /// # Errors
    ///
    /// If it is no public key, or one that Clerk does not sign with.
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        let (label, der) = der_of(pem)?;
        match label.as_str() {
            "PUBLIC KEY" => Self::from_der(&der),
            "RSA PUBLIC KEY" => Self::checked(rsa_from_der(&der)?, None),
            _ => Err(KeyError::NotPem),
        }
    }

    fn from_der(der: &[u8]) -> Result<Self, KeyError> {
        let info = SubjectPublicKeyInfoRef::from_der(der).map_err(|_| KeyError::NotPem)?;
        let bits = info.subject_public_key.as_bytes().ok_or(KeyError::NotPem)?;
        let curve = info.algorithm.parameters_oid().ok();
        let material = match (info.algorithm.oid, curve) {
            (RSA, _) => rsa_from_der(bits)?,
            (EC, Some(P256)) => Material::P256(bits.to_vec()),
            (EC, Some(P384)) => Material::P384(bits.to_vec()),
            (ED25519, _) => Material::Ed25519(bits.to_vec()),
            _ => return Err(KeyError::UnsupportedType),
        };
        Self::checked(material, None)
    }

    /// Reads a public key from a JSON Web Key, such as one of `clerk_sdk::jwks::get`.
    ///
    /// # Errors
    ///
    /// If it is no public key, one that is not for signatures, or one that Clerk does not sign with.
    pub fn from_jwk(jwk: &Value) -> Result<Self, KeyError> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        if text("use").is_some_and(|it| it != "sig") {
            return Err(KeyError::NotJwk("it is not for signatures"));
        }
        let bytes = |name: &'static str| {
            let text = text(name).ok_or(KeyError::NotJwk(name))?;
            base64url::decode(text).map_err(|_| KeyError::NotJwk(name))
        };
        let material = match (text("kty"), text("crv")) {
            (Some("RSA"), _) => Material::rsa(&bytes("n")?, &bytes("e")?),
            (Some("EC"), Some("P-256")) => Material::P256(point(&bytes("x")?, &bytes("y")?)),
            (Some("EC"), Some("P-384")) => Material::P384(point(&bytes("x")?, &bytes("y")?)),
            (Some("OKP"), Some("Ed25519")) => Material::Ed25519(bytes("x")?),
            (None, _) => return Err(KeyError::NotJwk("kty")),
            _ => return Err(KeyError::UnsupportedType),
        };
        let algorithm = match text("alg") {
            Some(name) => Some(Algorithm::named(name).ok_or(KeyError::UnsupportedType)?),
            None => None,
        };
        Self::checked(material, algorithm)
    }

    fn checked(material: Material, algorithm: Option<Algorithm>) -> Result<Self, KeyError> {
        let (is, due) = match &material {
            Material::Rsa { n, .. } => {
                if n.len() < MIN_RSA_BYTES {
                    return Err(KeyError::TooShort);
                }
                if n.len() > MAX_RSA_BYTES {
                    return Err(KeyError::TooLong);
                }
                (n.len(), n.len())
            }
            Material::P256(point) => (point.len(), 65),
            Material::P384(point) => (point.len(), 97),
            Material::Ed25519(point) => (point.len(), 32),
        };
        if is != due {
            return Err(KeyError::NotJwk("its length is not that of its curve"));
        }
        Ok(Self(Arc::new(Inner {
            material,
            algorithm,
        })))
    }

    /// Checks a signature over `message`.
    pub(super) fn verify(
        &self,
        algorithm: Algorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), TokenError> {
        if self.0.algorithm.is_some_and(|own| own != algorithm) {
            return Err(TokenError::WrongKeyType);
        }
        let checked = match (&self.0.material, algorithm) {
            (Material::Rsa { n, e }, Algorithm::Rs256 | Algorithm::Rs384 | Algorithm::Rs512) => {
                let parameters = match algorithm {
                    Algorithm::Rs256 => &signature::RSA_PKCS1_2048_8192_SHA256,
                    Algorithm::Rs384 => &signature::RSA_PKCS1_2048_8192_SHA384,
                    _ => &signature::RSA_PKCS1_2048_8192_SHA512,
                };
                RsaPublicKeyComponents { n, e }.verify(parameters, message, signature)
            }
            (Material::P256(point), Algorithm::Es256) => {
                UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, point)
                    .verify(message, signature)
            }
            (Material::P384(point), Algorithm::Es384) => {
                UnparsedPublicKey::new(&signature::ECDSA_P384_SHA384_FIXED, point)
                    .verify(message, signature)
            }
            (Material::Ed25519(point), Algorithm::EdDsa) => {
                UnparsedPublicKey::new(&signature::ED25519, point).verify(message, signature)
            }
            _ => return Err(TokenError::WrongKeyType),
        };
        checked.map_err(|_| TokenError::InvalidSignature)
    }
}

/// The label and the bytes of a key in PEM, or in the base64 that PEM wraps.
fn der_of(pem: &str) -> Result<(String, Vec<u8>), KeyError> {
    let pem = pem.trim().replace("\\n", "\n");
    if !pem.starts_with("-----") {
        let bare: String = pem.split_whitespace().collect();
        let der = STANDARD.decode(bare).map_err(|_| KeyError::NotPem)?;
        return Ok(("PUBLIC KEY".to_owned(), der));
    }
    let (label, document) = Document::from_pem(&pem).map_err(|_| KeyError::NotPem)?;
    Ok((label.to_owned(), document.as_bytes().to_vec()))
}

/// `RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }`
fn rsa_from_der(der: &[u8]) -> Result<Material, KeyError> {
    use spki::der::{Reader, SliceReader, asn1::UintRef};

    let read = || {
        let mut reader = SliceReader::new(der)?;
        let material = reader.sequence(|inner| {
            let (n, e) = (UintRef::decode(inner)?, UintRef::decode(inner)?);
            Ok(Material::rsa(n.as_bytes(), e.as_bytes()))
        })?;
        reader.finish(material)
    };
    let read: spki::der::Result<Material> = read();
    read.map_err(|_| KeyError::NotPem)
}

/// An uncompressed point of a curve.
fn point(x: &[u8], y: &[u8]) -> Vec<u8> {
    [&[4], x, y].concat()
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match &self.0.material {
            Material::Rsa { n, .. } => format!("RSA, {} bits", n.len() * 8),
            Material::P256(_) => "P-256".to_owned(),
            Material::P384(_) => "P-384".to_owned(),
            Material::Ed25519(_) => "Ed25519".to_owned(),
        };
        f.debug_tuple("Key").field(&kind).finish()
    }
}

/// The keys of an instance, each by its id. It is cheap to clone.
#[derive(Clone, Debug)]
pub struct KeySet(Arc<[(String, Key)]>);

impl KeySet {
    /// Reads a JSON Web Key Set. Keys of types that are not supported, or that are not for signatures,
    /// are left out: the set may hold what other clients need.
    ///
    /// # Errors
    ///
    /// If it is no set, or none of its keys can be used.
    pub fn from_jwks(jwks: &Value) -> Result<Self, KeyError> {
        let keys = jwks.get("keys").and_then(Value::as_array);
        let keys = keys.ok_or(KeyError::NotJwk("keys"))?;
        let usable = keys.iter().filter_map(|jwk| {
            let id = jwk.get("kid").and_then(Value::as_str)?;
            Some((id.to_owned(), Key::from_jwk(jwk).ok()?))
        });
        let set: Arc<[(String, Key)]> = usable.collect();
        match set.is_empty() {
            true => Err(KeyError::NotJwk("none of its keys can be used")),
            false => Ok(Self(set)),
        }
    }

    pub(super) fn get(&self, id: &str) -> Option<&Key> {
        let found = self.0.iter().find(|(own, _)| own == id);
        found.map(|(_, key)| key)
    }
}
