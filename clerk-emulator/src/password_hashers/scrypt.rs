//! Digests of scrypt, in the formats of Firebase and Werkzeug.

use ::scrypt::Params;
use aws_lc_rs::cipher::{AES_256, DecryptingKey, DecryptionContext, UnboundCipherKey};

use super::Check;
use super::encoding::{decode_base64, decode_hex};

/// Passwords are not checked with more memory, because that would block all other requests.
const MAX_MEMORY: u64 = 256 * 1024 * 1024;

/// The key that scrypt derives from the password encrypts the project's signer key with AES-256 in counter mode.
pub(super) fn firebase(digest: &str) -> Option<Check> {
    let parts: Vec<&str> = digest.split('$').collect();
    let [hash, salt, signer_key, separator, rounds, memory_cost] = *parts else {
        return None;
    };
    let (hash, signer_key) = (decode_base64(hash)?, decode_base64(signer_key)?);
    let salt = [decode_base64(salt)?, decode_base64(separator)?].concat();
    let params = Scrypt::new(memory_cost.parse().ok()?, rounds.parse().ok()?, 1)?;
    Some(Box::new(move |password| {
        let mut key = [0; 64];
        params.derive(password, &salt, &mut key)
            && encrypt(&key[..32], &signer_key).as_ref() == Some(&hash)
    }))
}

/// Encrypts with a counter that begins at zero. Encryption and decryption are the same in counter mode; only decryption
/// lets the caller choose the counter.
fn encrypt(key: &[u8], plain: &[u8]) -> Option<Vec<u8>> {
    let key = UnboundCipherKey::new(&AES_256, key).ok()?;
    let key = DecryptingKey::ctr(key).ok()?;
    let mut bytes = plain.to_vec();
    let counter = DecryptionContext::Iv128([0; 16].into());
    let encrypted = key.decrypt(&mut bytes, counter).ok()?;
    Some(encrypted.to_vec())
}

/// The parameters are numbers: `scrypt:32768:8:1`. Clerk documents a `$` at the beginning and a hash in base 64; Werkzeug
/// writes neither.
pub(super) fn werkzeug(digest: &str) -> Option<Check> {
    let digest = digest.strip_prefix('$').unwrap_or(digest);
    let parts: Vec<&str> = digest.split('$').collect();
    let [method, salt, hash] = *parts else {
        return None;
    };
    let method: Vec<&str> = method.split(':').collect();
    let ["scrypt", n, r, p] = *method else {
        return None;
    };
    let n: u64 = n.parse().ok().filter(|it: &u64| it.is_power_of_two())?;
    let params = Scrypt::new(n.ilog2(), r.parse().ok()?, p.parse().ok()?)?;
    let hash = decode_hex(hash).or_else(|| decode_base64(hash))?;
    let salt = Some(salt).filter(|it| !it.is_empty())?.to_owned();
    Some(Box::new(move |password| {
        let mut output = vec![0; hash.len()];
        params.derive(password, salt.as_bytes(), &mut output) && output == hash
    }))
}

/// The parameters of scrypt, which are valid.
struct Scrypt {
    params: Params,
    is_cheap: bool,
}

impl Scrypt {
    fn new(log_n: u32, r: u32, p: u32) -> Option<Self> {
        let params = Params::new(u8::try_from(log_n).ok()?, r, p).ok()?;
        let blocks = 1_u64.checked_shl(log_n)?.checked_mul(u64::from(r));
        let memory = blocks.and_then(|it| it.checked_mul(128 * u64::from(p)));
        Some(Self {
            params,
            is_cheap: memory.is_some_and(|it| it <= MAX_MEMORY),
        })
    }

    fn derive(&self, password: &str, salt: &[u8], output: &mut [u8]) -> bool {
        self.is_cheap && ::scrypt::scrypt(password.as_bytes(), salt, &self.params, output).is_ok()
    }
}
