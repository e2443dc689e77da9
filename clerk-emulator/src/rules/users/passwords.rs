//! Password hashes and the rules for passwords.

use std::num::NonZeroU32;

use aws_lc_rs::digest;
use aws_lc_rs::pbkdf2::{self, PBKDF2_HMAC_SHA1, PBKDF2_HMAC_SHA256, PBKDF2_HMAC_SHA512};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::http::response::ErrorResponse;

/// The hashers that Clerk knows.
const HASHERS: [&str; 20] = [
    "argon2i",
    "argon2id",
    "awscognito",
    "bcrypt",
    "bcrypt_peppered",
    "bcrypt_sha256_django",
    "hmac_sha256_utf16_b64",
    "ldap_ssha",
    "md5",
    "md5_phpass",
    "md5_salted",
    "pbkdf2_sha1",
    "pbkdf2_sha256",
    "pbkdf2_sha256_django",
    "pbkdf2_sha512",
    "scrypt_firebase",
    "scrypt_werkzeug",
    "sha256",
    "sha256_salted",
    "sha512_symfony",
];

/// Digests with more iterations are not checked, because that would block all other requests.
const MAX_ITERATIONS: u32 = 2_000_000;

/// Few iterations, because the passwords of tests are no secrets.
const ITERATIONS: u32 = 1000;

/// Returns the digest of a password, in the format of the hasher `pbkdf2_sha256`.
pub(super) fn hash(password: &str, salt: &str) -> String {
    let mut output = [0; 32];
    let iterations = NonZeroU32::new(ITERATIONS).unwrap_or(NonZeroU32::MIN);
    let (salt_bytes, password) = (salt.as_bytes(), password.as_bytes());
    pbkdf2::derive(
        PBKDF2_HMAC_SHA256,
        iterations,
        salt_bytes,
        password,
        &mut output,
    );
    let output = STANDARD.encode(output);
    format!("pbkdf2_sha256${ITERATIONS}${salt}${output}")
}

/// Returns whether a digest belongs to a password. Nothing if the emulator cannot check digests of that hasher.
pub(super) fn verify(password: &str, hasher: &str, stored: &str) -> Option<bool> {
    let algorithm = match hasher {
        "pbkdf2_sha1" => PBKDF2_HMAC_SHA1,
        "pbkdf2_sha256" | "pbkdf2_sha256_django" => PBKDF2_HMAC_SHA256,
        "pbkdf2_sha512" => PBKDF2_HMAC_SHA512,
        "sha256" => {
            let actual = digest::digest(&digest::SHA256, password.as_bytes());
            return Some(decode_hex(stored)? == actual.as_ref());
        }
        _ => return None,
    };
    let mut parts = stored.rsplit('$');
    let expected = parts.next()?;
    let salt = parts.next()?;
    let iterations = NonZeroU32::new(parts.next()?.parse().ok()?)?;
    if iterations.get() > MAX_ITERATIONS {
        return None;
    }
    let expected = decode_hex(expected).or_else(|| STANDARD.decode(expected).ok())?;
    let (salt, password) = (salt.as_bytes(), password.as_bytes());
    Some(pbkdf2::verify(algorithm, iterations, salt, password, &expected).is_ok())
}

fn decode_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .map(|it| it.to_digit(16).and_then(|it| u8::try_from(it).ok()))
        .collect();
    let digits = digits.filter(|it| it.len() % 2 == 0 && !it.is_empty())?;
    Some(digits.chunks(2).map(|it| it[0] * 16 + it[1]).collect())
}

/// Checks a new password.
pub(super) fn check_policy(password: &str) -> Result<(), ErrorResponse> {
    let fault = |code, message: &str| Err(ErrorResponse::param(code, "password", message));
    if password.chars().count() < 8 {
        let message = "A password has at least 8 characters.";
        return fault("form_password_length_too_short", message);
    }
    if password.len() > 72 {
        let message = "A password has at most 72 bytes.";
        return fault("form_password_size_in_bytes_exceeded", message);
    }
    Ok(())
}

pub(super) fn is_known_hasher(hasher: &str) -> bool {
    HASHERS.contains(&hasher)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_verified() {
        let stored = hash("correct horse", "salt");
        assert_eq!(
            verify("correct horse", "pbkdf2_sha256", &stored),
            Some(true)
        );
        assert_eq!(verify("other", "pbkdf2_sha256", &stored), Some(false));
        assert_eq!(verify("other", "bcrypt", &stored), None);
        assert_eq!(verify("other", "pbkdf2_sha256", "malformed"), None);
    }

    #[test]
    fn published_digests_are_verified() {
        // RFC 6070, third vector.
        let stored = "pbkdf2_sha1$4096$salt$4b007901b765489abead49d926f721d065a429c1";
        assert_eq!(verify("password", "pbkdf2_sha1", stored), Some(true));
        let stored = "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8";
        assert_eq!(verify("password", "sha256", stored), Some(true));
    }
}
