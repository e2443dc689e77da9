//! The encodings of salts and hashes in digests.

use base64::Engine;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

use super::Check;

/// Exports of other systems have base 64 with and without padding.
const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_encode_padding(true)
    .with_decode_padding_mode(DecodePaddingMode::Indifferent);

pub(super) const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, CONFIG);

/// Decodes base 64 in either alphabet.
pub(super) fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let text = text.replace('-', "+").replace('_', "/");
    let bytes = STANDARD.decode(text).ok();
    bytes.filter(|it| !it.is_empty())
}

pub(super) fn decode_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .map(|it| it.to_digit(16).and_then(|it| u8::try_from(it).ok()))
        .collect();
    let digits = digits.filter(|it| it.len() % 2 == 0 && !it.is_empty())?;
    Some(digits.chunks(2).map(|it| it[0] * 16 + it[1]).collect())
}

/// Decodes a hash with a certain number of bytes.
pub(super) fn decode_hash(text: &str, length: usize) -> Option<Vec<u8>> {
    decode_hex(text).filter(|it| it.len() == length)
}

/// Reads a salt, and after `$` a hash with a certain number of bytes. Whether the salt precedes the password or follows it is
/// not documented, so both are accepted.
pub(super) fn salted(digest: &str, length: usize, sum: fn(&str) -> Vec<u8>) -> Option<Check> {
    let (salt, hash) = digest.rsplit_once('$')?;
    let hash = decode_hash(hash, length)?;
    let salt = Some(salt).filter(|it| !it.is_empty())?.to_owned();
    Some(Box::new(move |password| {
        let salted = [format!("{salt}{password}"), format!("{password}{salt}")];
        salted.iter().any(|it| hash == sum(it))
    }))
}

#[cfg(feature = "password-hashers")]
pub(super) fn encode_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|it| format!("{it:02x}")).collect()
}
