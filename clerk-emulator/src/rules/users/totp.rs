//! Time-based one-time passwords, RFC 6238: six digits, which change every 30 seconds.

use aws_lc_rs::hmac;

const STEP_SECONDS: i64 = 30;

/// The shortest secret has 16 characters of base 32.
const MIN_SECRET_BYTES: usize = 10;

/// Decodes a secret of base 32, with or without padding; nothing if it is malformed or too short.
pub(super) fn decode_secret(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut buffer, mut bits) = (Vec::new(), 0_u32, 0);
    for letter in text.trim_end_matches('=').bytes() {
        let value = match letter.to_ascii_uppercase() {
            letter @ b'A'..=b'Z' => letter - b'A',
            digit @ b'2'..=b'7' => digit - b'2' + 26,
            _ => return None,
        };
        buffer = (buffer << 5 | u32::from(value)) & 0xfff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((buffer >> bits).to_le_bytes()[0]);
        }
    }
    (bytes.len() >= MIN_SECRET_BYTES).then_some(bytes)
}

/// Returns whether a code is that of a time in milliseconds, or of the step before or after it.
pub(super) fn is_valid(secret: &[u8], code: &str, now: i64) -> bool {
    let step = now / 1000 / STEP_SECONDS;
    (step - 1..=step + 1).any(|it| code_at(secret, it) == code)
}

fn code_at(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let offset = usize::from(tag.last().copied().unwrap_or_default() & 0xf);
    let bytes = tag[offset..].iter().take(4);
    let number = bytes.fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    format!("{:06}", (number & 0x7fff_ffff) % 1_000_000)
}

#[cfg(test)]
mod tests {

    use super::*;

    #[test]
    fn the_vectors_of_the_standard_are_reproduced() {
        let secret = decode_secret("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").expect("a secret");
        assert_eq!(secret, b"12345678901234567890");
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (2_000_000_000, "279037"),
        ] {
            assert!(is_valid(&secret, code, seconds * 1000), "{seconds}");
            assert!(!is_valid(&secret, code, (seconds + 120) * 1000));
        }
        for malformed in ["", "AAAA", "1111111111111111"] {
            assert_eq!(decode_secret(malformed), None);
        }
    }
}
