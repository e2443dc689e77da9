//! Why a token was refused. No message repeats the token, or anything that it claims.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Why a token is not that of a session.
///
/// Those that come before [`InvalidSignature`](Self::InvalidSignature) say nothing of who sent it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum TokenError {
    /// There is no token.
    Missing,
    /// It is longer than this many bytes.
    TooLong(usize),
    /// It is not three parts of unpadded base64url with JSON in the first two, or says something twice.
    Malformed(&'static str),
    /// It is signed with an algorithm that Clerk does not sign sessions with, or with none.
    UnsupportedAlgorithm,
    /// It asks for a feature that is not understood (`crit`).
    UnsupportedExtension,
    /// It is of another kind than the one to check, such as a template's.
    WrongKind(&'static str),
    /// No key is known by the id it names, or it names none and there are several.
    UnknownKey,
    /// Clerk's keys could not be had, which says nothing of the token. The source says why.
    KeysUnavailable(Arc<dyn Error + Send + Sync>),
    /// The key is of another type than the token's algorithm needs.
    WrongKeyType,
    /// Its signature does not match.
    InvalidSignature,
    /// It lacks this claim.
    MissingClaim(&'static str),
    /// This claim is not of the type it must have.
    InvalidClaim(&'static str),
    /// It was asked for by a page of another origin than these.
    UnauthorizedParty(Vec<String>),
    /// It is not for any of these audiences.
    WrongAudience(Vec<String>),
    /// It was issued by another than these.
    WrongIssuer(Vec<String>),
    /// It expired this long ago, beyond the leeway.
    Expired(Duration),
    /// It is valid only in this long, beyond the leeway.
    NotYetValid(Duration),
    /// It was issued this far in the future, beyond the leeway.
    IssuedInTheFuture(Duration),
    /// The session is waiting for its user to complete a task, such as choosing an organization.
    Pending,
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("there is no token"),
            Self::TooLong(limit) => write!(f, "the token is longer than {limit} bytes"),
            Self::Malformed(what) => write!(f, "the token is malformed: {what}"),
            Self::UnsupportedAlgorithm => {
                f.write_str("the token is signed with an algorithm that is not accepted")
            }
            Self::UnsupportedExtension => {
                f.write_str("the token asks for an extension that is not understood")
            }
            Self::WrongKind(what) => write!(f, "the token is {what}"),
            Self::KeysUnavailable(_) => f.write_str("the keys of Clerk could not be had"),
            Self::UnknownKey => f.write_str("no key is known by the id in the token"),
            Self::WrongKeyType => {
                f.write_str("the key is of another type than the token's algorithm needs")
            }
            Self::InvalidSignature => f.write_str("the signature of the token does not match"),
            Self::MissingClaim(claim) => write!(f, "the token lacks the claim `{claim}`"),
            Self::InvalidClaim(claim) => {
                write!(f, "the claim `{claim}` of the token is not of its type")
            }
            Self::UnauthorizedParty(expected) => {
                write!(f, "the token is not from {}", expected.join(" or "))
            }
            Self::WrongAudience(expected) => {
                write!(f, "the token is not for {}", expected.join(" or "))
            }
            Self::WrongIssuer(expected) => {
                write!(f, "the token was not issued by {}", expected.join(" or "))
            }
            Self::Expired(ago) => write!(f, "the token expired {} s ago", ago.as_secs()),
            Self::NotYetValid(ahead) => {
                write!(f, "the token is valid only in {} s", ahead.as_secs())
            }
            Self::IssuedInTheFuture(ahead) => write!(
                f,
                "the token was issued {} s in the future: check the clocks",
                ahead.as_secs()
            ),
            Self::Pending => f.write_str("the session is pending"),
        }
    }
}

impl Error for TokenError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::KeysUnavailable(source) => Some(&**source),
            _ => None,
        }
    }
}

impl TokenError {
    /// A short name for it, the one that Clerk's other SDKs use, for logs and headers.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Missing => "session-token-missing",
            Self::TooLong(_) | Self::Malformed(_) | Self::UnsupportedExtension => "token-invalid",
            Self::UnsupportedAlgorithm => "token-invalid-algorithm",
            Self::WrongKind(_) => "token-type-mismatch",
            Self::UnknownKey => "jwk-kid-mismatch",
            Self::KeysUnavailable(source) => match source.downcast_ref::<crate::Error>() {
                Some(error) if error.has_code("clerk_key_invalid") => "secret-key-invalid",
                Some(crate::Error::MissingKey) => "jwk-failed-to-resolve",
                _ => "jwk-remote-failed-to-load",
            },
            Self::InvalidSignature => "token-invalid-signature",
            Self::WrongKeyType
            | Self::MissingClaim(_)
            | Self::InvalidClaim(_)
            | Self::WrongAudience(_) => "token-verification-failed",
            Self::UnauthorizedParty(_) => "token-invalid-authorized-parties",
            Self::WrongIssuer(_) => "token-invalid-issuer",
            Self::Expired(_) => "token-expired",
            Self::NotYetValid(_) => "token-not-active-yet",
            Self::IssuedInTheFuture(_) => "token-iat-in-the-future",
            Self::Pending => "session-pending",
        }
    }
}

/// Why a key cannot be used.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum KeyError {
    /// It is not a public key in PEM (`-----BEGIN PUBLIC KEY-----`).
    NotPem,
    /// It is not a JSON Web Key, or a set of them: this is missing or odd.
    NotJwk(&'static str),
    /// It is of a type that Clerk does not sign sessions with.
    UnsupportedType,
    /// It is an RSA key of less than 2048 bits.
    TooShort,
    /// It is an RSA key of more than 8192 bits.
    TooLong,
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotPem => f.write_str(
                "this is no public key in PEM: copy it whole, from `-----BEGIN PUBLIC KEY-----`",
            ),
            Self::NotJwk(what) => write!(f, "this is no JSON Web Key: {what}"),
            Self::UnsupportedType => {
                f.write_str("this type of key is not supported: RSA, P-256, P-384 and Ed25519 are")
            }
            Self::TooShort => f.write_str("this RSA key is shorter than 2048 bits"),
            Self::TooLong => f.write_str("this RSA key is longer than 8192 bits"),
        }
    }
}

impl Error for KeyError {}
