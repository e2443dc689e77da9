//! Base64url as tokens have it: without padding, and without bits that stand for nothing.

use base64::{DecodeError, DecodeSliceError, Engine};

/// The widest instructions that the processor has: a token is a kilobyte of this, for each request.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
static ENGINE: std::sync::LazyLock<base64::engine::Simd> = std::sync::LazyLock::new(|| {
    base64::engine::Simd::url_safe(base64::engine::general_purpose::NO_PAD)
});

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
use base64::engine::general_purpose::URL_SAFE_NO_PAD as ENGINE;

pub(super) fn decode(text: &str) -> Result<Vec<u8>, DecodeError> {
    ENGINE.decode(text)
}

/// Where a part of a token is decoded: most are short, and need no memory of their own.
pub(super) struct Buffer {
    short: [u8; 1024],
    long: Vec<u8>,
}

impl Buffer {
    pub(super) fn new() -> Self {
        Self {
            short: [0; 1024],
            long: Vec::new(),
        }
    }

    /// Decodes a text, in place of what was decoded before.
    pub(super) fn decode(&mut self, text: &str) -> Result<&[u8], DecodeSliceError> {
        let bytes = match base64::decoded_len_estimate(text.len()) {
            length if length > self.short.len() => {
                self.long.resize(length, 0);
                &mut *self.long
            }
            _ => &mut self.short,
        };
        let length = ENGINE.decode_slice(text, bytes)?;
        Ok(&bytes[..length])
    }
}
