//! Digests of the SHA family, with and without a salt.

use aws_lc_rs::digest::{Algorithm, SHA1_FOR_LEGACY_USE_ONLY, SHA256, SHA512, digest};

use super::Check;
use super::encoding::{decode_base64, decode_hash, salted};

/// Passwords are not checked with more iterations, because that would block all other requests.
const MAX_ITERATIONS: u32 = 2_000_000;

pub(super) fn sha256(text: &str) -> Option<Check> {
    let hash = decode_hash(text, 32)?;
    Some(Box::new(move |password| hash == sum(&SHA256, password)))
}

pub(super) fn sha256_salted(text: &str) -> Option<Check> {
    salted(text, 32, |it| sum(&SHA256, it))
}

/// The salt follows the hash in the bytes that are encoded, and the password in those that are hashed.
pub(super) fn ldap_ssha(text: &str) -> Option<Check> {
    let bytes = decode_base64(text.strip_prefix("{SSHA}")?)?;
    let (hash, salt) = bytes.split_at_checked(20)?;
    let (hash, salt) = (hash.to_vec(), salt.to_vec());
    Some(Box::new(move |password| {
        let salted = [password.as_bytes(), &salt].concat();
        digest(&SHA1_FOR_LEGACY_USE_ONLY, &salted).as_ref() == hash
    }))
}

/// Symfony hashes the password with the salt in braces, and then the previous hash followed by the same.
pub(super) fn sha512_symfony(text: &str) -> Option<Check> {
    let parts: Vec<&str> = text.split('$').collect();
    let ["sha512_symfony", iterations, salt, hash] = *parts else {
        return None;
    };
    let iterations: u32 = iterations.parse().ok().filter(|it| *it > 0)?;
    let hash = decode_base64(hash).filter(|it| it.len() == 64)?;
    let salt = salt.to_owned();
    Some(Box::new(move |password| {
        if iterations > MAX_ITERATIONS {
            return false;
        }
        let salted = format!("{password}{{{salt}}}");
        let first = digest(&SHA512, salted.as_bytes());
        let last = (1..iterations).fold(first, |previous, _| {
            digest(&SHA512, &[previous.as_ref(), salted.as_bytes()].concat())
        });
        last.as_ref() == hash
    }))
}

fn sum(algorithm: &'static Algorithm, text: &str) -> Vec<u8> {
    digest(algorithm, text.as_bytes()).as_ref().to_vec()
}
