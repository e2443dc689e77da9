//! Digests of bcrypt, and of its variants that change the password first.

use aws_lc_rs::digest::{SHA256, digest};

use super::Check;
use super::encoding::encode_hex;

/// Passwords are not checked with a higher cost, because that would block all other requests for seconds.
const MAX_COST: u32 = 14;

/// The length of a digest: version, cost, salt and hash.
const LENGTH: usize = 60;

pub(super) fn bcrypt(text: &str) -> Option<Check> {
    let verify = parse(text)?;
    Some(Box::new(move |password| verify(password.as_bytes())))
}

/// The pepper follows the password in what is hashed.
pub(super) fn bcrypt_peppered(text: &str) -> Option<Check> {
    let (text, pepper) = text.split_at_checked(LENGTH)?;
    let pepper = pepper.strip_prefix('$').filter(|it| !it.is_empty())?;
    let (verify, pepper) = (parse(text)?, pepper.to_owned());
    Some(Box::new(move |password| {
        verify(format!("{password}{pepper}").as_bytes())
    }))
}

/// What bcrypt hashed is the hexadecimal SHA-256 of the password, which is shorter than the 72 bytes that bcrypt reads.
pub(super) fn bcrypt_sha256_django(text: &str) -> Option<Check> {
    let verify = parse(text.strip_prefix("bcrypt_sha256$")?)?;
    Some(Box::new(move |password| {
        let hash = digest(&SHA256, password.as_bytes());
        verify(encode_hex(hash.as_ref()).as_bytes())
    }))
}

fn parse(text: &str) -> Option<impl Fn(&[u8]) -> bool + 'static> {
    let rest = text.strip_prefix("$2")?;
    let rest = rest.strip_prefix(['a', 'b', 'x', 'y'])?.strip_prefix('$')?;
    let (cost, rest) = rest.split_once('$')?;
    let is_digit = |it: u8| it.is_ascii_alphanumeric() || b"./".contains(&it);
    let is_valid = text.len() == LENGTH && cost.len() == 2 && rest.bytes().all(is_digit);
    let cost: u32 = cost.parse().ok().filter(|it| (4..=31).contains(it))?;
    let text = is_valid.then(|| text.to_owned())?;
    Some(move |password: &[u8]| {
        cost <= MAX_COST && ::bcrypt::verify(password, &text).unwrap_or(false)
    })
}
