//! Digests of MD5, and of phpass, which applies MD5 many times.

use ::md5::{Digest, Md5};

use super::Check;
use super::encoding::{decode_hash, encode_hex, salted};

/// The digits of phpass, whose base 64 begins with the lowest bits.
const DIGITS: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Passwords are not checked with more than two to the power of this many rounds, because that would block all other
/// requests.
const MAX_ROUNDS_LOG2: usize = 21;

pub(super) fn md5(digest: &str) -> Option<Check> {
    let hash = decode_hash(digest, 16)?;
    Some(Box::new(move |password| hash == sum(password.as_bytes())))
}

pub(super) fn md5_salted(digest: &str) -> Option<Check> {
    salted(digest, 16, |it| sum(it.as_bytes()))
}

pub(super) fn phpass(digest: &str) -> Option<Check> {
    let parsed = Phpass::parse(digest)?;
    Some(Box::new(move |password| {
        parsed.matches(password.as_bytes())
    }))
}

/// What phpass hashed is the hexadecimal MD5 of the password: systems did so to strengthen the hashes that they had.
pub(super) fn md5_phpass(digest: &str) -> Option<Check> {
    let parsed = Phpass::parse(digest)?;
    Some(Box::new(move |password| {
        let password = encode_hex(&sum(password.as_bytes()));
        parsed.matches(password.as_bytes())
    }))
}

/// A digest of phpass. phpBB writes `$H$` instead of `$P$`.
struct Phpass {
    rounds_log2: usize,
    salt: String,
    checksum: String,
}

impl Phpass {
    fn parse(digest: &str) -> Option<Self> {
        let rest = digest.strip_prefix("$P$").or(digest.strip_prefix("$H$"))?;
        let is_valid = rest.len() == 31 && rest.bytes().all(|it| DIGITS.contains(&it));
        let (rounds, rest) = rest.split_at_checked(1).filter(|_| is_valid)?;
        let (salt, checksum) = rest.split_at_checked(8)?;
        let digit = rounds.bytes().next()?;
        Some(Self {
            rounds_log2: DIGITS.iter().position(|it| *it == digit)?,
            salt: salt.to_owned(),
            checksum: checksum.to_owned(),
        })
    }

    fn matches(&self, password: &[u8]) -> bool {
        if self.rounds_log2 > MAX_ROUNDS_LOG2 {
            return false;
        }
        let first = sum(&[self.salt.as_bytes(), password].concat());
        let last = (0..1_u32 << self.rounds_log2)
            .fold(first, |previous, _| sum(&[&previous, password].concat()));
        encode(&last) == self.checksum
    }
}

fn encode(bytes: &[u8]) -> String {
    let groups = bytes.chunks(3).flat_map(|group| {
        let bits = group
            .iter()
            .rev()
            .fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte));
        (0..=group.len()).map(move |index| char::from(DIGITS[bits >> (6 * index) & 63]))
    });
    groups.collect()
}

fn sum(bytes: &[u8]) -> Vec<u8> {
    Md5::digest(bytes).to_vec()
}
