//! Parses public keys in PEM, as people store them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use spki::SubjectPublicKeyInfoRef;
use spki::der::asn1::{ObjectIdentifier, UintRef};
use spki::der::{Decode, Document, Reader, SliceReader};

use super::key_error::{KeyError, KeyErrorKind};
use super::key_material::KeyMaterial;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");

pub(super) fn parse(pem: &str) -> Result<KeyMaterial, KeyError> {
    let (label, der) = label_and_der(pem)?;
    match label.as_str() {
        "PUBLIC KEY" => from_spki(&der),
        "RSA PUBLIC KEY" => from_pkcs1(&der),
        _ => Err(KeyError::new(KeyErrorKind::NotPem)),
    }
}

/// Accepts the bare base64 without the `BEGIN` and `END` lines, and line breaks that are written as `\n`.
fn label_and_der(pem: &str) -> Result<(String, Vec<u8>), KeyError> {
    let pem = pem.trim().replace("\\n", "\n");
    if !pem.starts_with("-----") {
        let base64: String = pem.split_whitespace().collect();
        let der = STANDARD
            .decode(base64)
            .map_err(|_| KeyError::new(KeyErrorKind::NotPem))?;
        return Ok(("PUBLIC KEY".to_owned(), der));
    }
    let (label, document) =
        Document::from_pem(&pem).map_err(|_| KeyError::new(KeyErrorKind::NotPem))?;
    Ok((label.to_owned(), document.as_bytes().to_vec()))
}

/// `SubjectPublicKeyInfo`, which names its algorithm.
fn from_spki(der: &[u8]) -> Result<KeyMaterial, KeyError> {
    let info =
        SubjectPublicKeyInfoRef::from_der(der).map_err(|_| KeyError::new(KeyErrorKind::NotPem))?;
    let bits = info
        .subject_public_key
        .as_bytes()
        .ok_or(KeyError::new(KeyErrorKind::NotPem))?;
    let curve = info.algorithm.parameters_oid().ok();
    match (info.algorithm.oid, curve) {
        (RSA, _) => from_pkcs1(bits),
        (EC, Some(P256)) => Ok(KeyMaterial::P256(bits.to_vec())),
        (EC, Some(P384)) => Ok(KeyMaterial::P384(bits.to_vec())),
        (ED25519, _) => Ok(KeyMaterial::Ed25519(bits.to_vec())),
        _ => Err(KeyError::new(KeyErrorKind::UnsupportedType)),
    }
}

/// `RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }`
fn from_pkcs1(der: &[u8]) -> Result<KeyMaterial, KeyError> {
    let read = || {
        let mut reader = SliceReader::new(der)?;
        let material = reader.sequence(|inner| {
            let (n, e) = (UintRef::decode(inner)?, UintRef::decode(inner)?);
            Ok(KeyMaterial::rsa(n.as_bytes(), e.as_bytes()))
        })?;
        reader.finish(material)
    };
    let material: spki::der::Result<KeyMaterial> = read();
    material.map_err(|_| KeyError::new(KeyErrorKind::NotPem))
}
