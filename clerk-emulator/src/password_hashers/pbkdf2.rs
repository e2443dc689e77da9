//! Digests of PBKDF2, which differ in the hash function and in the encoding of the salt and the hash.

use std::num::NonZeroU32;

use aws_lc_rs::pbkdf2::{
    self, Algorithm, PBKDF2_HMAC_SHA1, PBKDF2_HMAC_SHA256, PBKDF2_HMAC_SHA512,
};
use base64::Engine;

use super::Check;
use super::encoding::{STANDARD, decode_base64, decode_hex};

/// Passwords are not checked with more iterations, because that would block all other requests.
const MAX_ITERATIONS: u32 = 2_000_000;

/// Few iterations, because the passwords of tests are no secrets.
const ITERATIONS: NonZeroU32 = NonZeroU32::new(1000).expect("the number is not zero");

/// Returns the digest of a password, in the format of the hasher `pbkdf2_sha256`.
pub(crate) fn hash(password: &str, salt: &[u8]) -> String {
    let mut output = [0; 32];
    pbkdf2::derive(
        PBKDF2_HMAC_SHA256,
        ITERATIONS,
        salt,
        password.as_bytes(),
        &mut output,
    );
    let [salt, output] = [salt, &output].map(|it| STANDARD.encode(it));
    format!("pbkdf2_sha256${ITERATIONS}${salt}${output}")
}

/// The salt is hexadecimal, or else text. The number of bytes of the hash may follow.
pub(super) fn sha1(digest: &str) -> Option<Check> {
    let parts: Vec<&str> = digest.split('$').collect();
    let parts = match parts.as_slice() {
        [parts @ .., length] if parts.len() == 4 => {
            length.parse::<u32>().ok()?;
            parts
        }
        parts => parts,
    };
    let ["pbkdf2_sha1", iterations, salt, hash] = parts else {
        return None;
    };
    let salt_bytes = decode_hex(salt).unwrap_or_else(|| salt.as_bytes().to_vec());
    check(PBKDF2_HMAC_SHA1, iterations, salt_bytes, decode_hex(hash)?)
}

pub(super) fn sha256(digest: &str) -> Option<Check> {
    let [iterations, salt, hash] = parts(digest, "pbkdf2_sha256")?;
    let (salt, hash) = (decode_base64(salt)?, decode_base64(hash)?);
    check(PBKDF2_HMAC_SHA256, iterations, salt, hash)
}

pub(super) fn sha256_django(digest: &str) -> Option<Check> {
    let [iterations, salt, hash] = parts(digest, "pbkdf2_sha256")?;
    let (salt, hash) = (salt.as_bytes().to_vec(), decode_base64(hash)?);
    check(PBKDF2_HMAC_SHA256, iterations, salt, hash)
}

pub(super) fn sha512(digest: &str) -> Option<Check> {
    let [iterations, salt, hash] = parts(digest, "pbkdf2_sha512")?;
    let (salt, hash) = (salt.as_bytes().to_vec(), decode_hex(hash)?);
    check(PBKDF2_HMAC_SHA512, iterations, salt, hash)
}

pub(super) fn sha512_hex(digest: &str) -> Option<Check> {
    let [iterations, salt, hash] = parts(digest, "pbkdf2_sha512_hex")?;
    let (salt, hash) = (decode_hex(salt)?, decode_hex(hash)?);
    check(PBKDF2_HMAC_SHA512, iterations, salt, hash)
}

/// Returns what follows the name of the algorithm.
fn parts<'d>(digest: &'d str, name: &str) -> Option<[&'d str; 3]> {
    let parts = digest.strip_prefix(name)?.strip_prefix('$')?;
    parts.split('$').collect::<Vec<_>>().try_into().ok()
}

fn check(algorithm: Algorithm, iterations: &str, salt: Vec<u8>, hash: Vec<u8>) -> Option<Check> {
    let iterations: NonZeroU32 = iterations.parse().ok()?;
    Some(Box::new(move |password| {
        iterations.get() <= MAX_ITERATIONS
            && pbkdf2::verify(algorithm, iterations, &salt, password.as_bytes(), &hash).is_ok()
    }))
}
