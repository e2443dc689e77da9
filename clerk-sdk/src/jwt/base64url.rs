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

/// Decodes into `bytes`, and says how many they are.
pub(super) fn decode_into(text: &str, bytes: &mut [u8]) -> Result<usize, DecodeSliceError> {
    ENGINE.decode_slice(text, bytes)
}
