//! Digests of Argon2.

use ::argon2::{Algorithm, Argon2, Params, Version};

use super::Check;
use super::encoding::decode_base64;

/// Passwords are not checked with more memory (in KiB) times iterations, because that would block all other requests.
const MAX_COST: u64 = 4 * 1024 * 1024;

pub(super) fn argon2i(digest: &str) -> Option<Check> {
    check(digest.strip_prefix("$argon2i$")?, Algorithm::Argon2i)
}

pub(super) fn argon2id(digest: &str) -> Option<Check> {
    check(digest.strip_prefix("$argon2id$")?, Algorithm::Argon2id)
}

/// Reads what follows the name of the algorithm. Digests of version 16 do not need to have it.
fn check(digest: &str, algorithm: Algorithm) -> Option<Check> {
    let parts: Vec<&str> = digest.split('$').collect();
    let (version, params, salt, hash) = match *parts {
        ["v=19", params, salt, hash] => (Version::V0x13, params, salt, hash),
        ["v=16", params, salt, hash] | [params, salt, hash] => (Version::V0x10, params, salt, hash),
        _ => return None,
    };
    let params: Vec<&str> = params.split(',').collect();
    let [memory, iterations, lanes] = *params else {
        return None;
    };
    let number = |text: &str, name| -> Option<u32> { text.strip_prefix(name)?.parse().ok() };
    let (memory, iterations) = (number(memory, "m=")?, number(iterations, "t=")?);
    let lanes = number(lanes, "p=")?;
    let (salt, hash) = (decode_base64(salt)?, decode_base64(hash)?);
    let params = Params::new(memory, iterations, lanes, Some(hash.len())).ok()?;
    let is_cheap = u64::from(memory) * u64::from(iterations) <= MAX_COST;
    let argon2 = Argon2::new(algorithm, version, params);
    Some(Box::new(move |password| {
        let mut output = vec![0; hash.len()];
        is_cheap
            && argon2
                .hash_password_into(password.as_bytes(), &salt, &mut output)
                .is_ok()
            && output == hash
    }))
}
