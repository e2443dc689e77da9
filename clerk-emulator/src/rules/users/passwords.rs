//! The rules for passwords and their digests.

use crate::http::response::ErrorResponse;
use crate::password_hashers::{self, DigestError};

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

/// Checks a digest of another system, and that its hasher exists.
pub(super) fn check_digest(hasher: &str, digest: &str) -> Result<(), ErrorResponse> {
    password_hashers::check_digest(hasher, digest).map_err(|error| match error {
        DigestError::UnknownHasher => {
            let message = format!("There is no password hasher {hasher:?}.");
            let code = "form_param_value_invalid";
            ErrorResponse::param(code, "password_hasher", message)
        }
        DigestError::Malformed(format) => {
            let message =
                format!("A digest of the password hasher {hasher:?} has the form {format}.");
            let code = "form_password_digest_invalid_code";
            ErrorResponse::param(code, "password_digest", message)
        }
    })
}
