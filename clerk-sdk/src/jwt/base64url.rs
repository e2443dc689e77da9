//! Base64url as JSON Web Tokens use it: without padding, and rejecting non-zero trailing bits.

#[cfg(feature = "auth")]
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{DecodeError, Engine};

/// Uses the widest SIMD instructions of the processor: every request decodes about a kilobyte.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
static ENGINE: std::sync::LazyLock<base64::engine::Simd> = std::sync::LazyLock::new(|| {
    base64::engine::Simd::url_safe(base64::engine::general_purpose::NO_PAD)
});

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
use base64::engine::general_purpose::URL_SAFE_NO_PAD as ENGINE;

pub(crate) fn decode(encoded: &str) -> Result<Vec<u8>, DecodeError> {
    ENGINE.decode(encoded)
}

/// Decodes base64url with or without padding, and ignores trailing bits, for tokens that nothing depends on.
#[cfg(feature = "auth")]
pub(crate) fn decode_leniently(encoded: &str) -> Result<Vec<u8>, DecodeError> {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &base64::alphabet::URL_SAFE,
        GeneralPurposeConfig::new()
            .with_decode_padding_mode(DecodePaddingMode::Indifferent)
            .with_decode_allow_trailing_bits(true),
    );
    LENIENT.decode(encoded)
}
