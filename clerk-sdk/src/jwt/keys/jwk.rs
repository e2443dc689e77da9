//! Parses public keys that are JSON Web Keys (RFC 7517).

use serde_json::Value;

use super::algorithm::Algorithm;
use super::key_error::{KeyError, KeyErrorKind};
use super::key_material::KeyMaterial;
use crate::jwt::base64url;

/// Returns the key, and the only algorithm it may be used with if the JWK names one.
pub(super) fn parse(jwk: &Value) -> Result<(KeyMaterial, Option<Algorithm>), KeyError> {
    let string = |name: &str| jwk.get(name).and_then(Value::as_str);
    if string("use").is_some_and(|purpose| purpose != "sig") {
        return Err(KeyError::not_jwk("it is not for signatures"));
    }
    let bytes = |name: &'static str| {
        let encoded = string(name).ok_or(KeyError::not_jwk(name))?;
        base64url::decode(encoded).map_err(|_| KeyError::not_jwk(name))
    };
    let material = match (string("kty"), string("crv")) {
        (Some("RSA"), _) => KeyMaterial::rsa(&bytes("n")?, &bytes("e")?),
        (Some("EC"), Some("P-256")) => {
            KeyMaterial::P256(uncompressed_point(&bytes("x")?, &bytes("y")?))
        }
        (Some("EC"), Some("P-384")) => {
            KeyMaterial::P384(uncompressed_point(&bytes("x")?, &bytes("y")?))
        }
        (Some("OKP"), Some("Ed25519")) => KeyMaterial::Ed25519(bytes("x")?),
        (None, _) => return Err(KeyError::not_jwk("kty")),
        _ => return Err(KeyError::new(KeyErrorKind::UnsupportedType)),
    };
    let algorithm = match string("alg") {
        Some(name) => {
            Some(Algorithm::from_name(name).ok_or(KeyError::new(KeyErrorKind::UnsupportedType))?)
        }
        None => None,
    };
    Ok((material, algorithm))
}

/// The SEC 1 encoding of a point on an elliptic curve.
fn uncompressed_point(x: &[u8], y: &[u8]) -> Vec<u8> {
    [&[4], x, y].concat()
}
