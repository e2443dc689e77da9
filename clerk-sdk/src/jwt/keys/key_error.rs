//! The error of a key that cannot be used.

use std::error::Error;
use std::fmt;

/// An error for a key that cannot be used. [`kind`](Self::kind) says why.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KeyError {
    kind: KeyErrorKind,
    /// Of a [`KeyErrorKind::NotJwk`]: the missing or malformed member, or the problem.
    problem: &'static str,
}

/// The reason why a key cannot be used.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum KeyErrorKind {
    /// The input is not a public key in PEM (`-----BEGIN PUBLIC KEY-----`).
    NotPem,
    /// The input is not a JSON Web Key or a set of them; the message of the error says what is wrong.
    NotJwk,
    /// The key is of a type that Clerk does not sign sessions with.
    UnsupportedType,
    /// The key is an RSA key of less than 2048 bits.
    TooShort,
    /// The key is an RSA key of more than 8192 bits.
    TooLong,
}

impl KeyError {
    pub(super) fn new(kind: KeyErrorKind) -> Self {
        Self { kind, problem: "" }
    }

    pub(super) fn not_jwk(problem: &'static str) -> Self {
        Self {
            kind: KeyErrorKind::NotJwk,
            problem,
        }
    }

    /// The reason.
    pub fn kind(&self) -> KeyErrorKind {
        self.kind
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            KeyErrorKind::NotPem => {
                "not a public key in PEM: copy all of it, starting with `-----BEGIN PUBLIC KEY-----`"
            }
            KeyErrorKind::NotJwk => {
                return write!(f, "not a valid JSON Web Key: {}", self.problem);
            }
            KeyErrorKind::UnsupportedType => {
                "unsupported key type: use an RSA, P-256, P-384 or Ed25519 key"
            }
            KeyErrorKind::TooShort => "the RSA key is shorter than 2048 bits",
            KeyErrorKind::TooLong => "the RSA key is longer than 8192 bits",
        })
    }
}

impl Error for KeyError {}
