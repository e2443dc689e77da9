//! The errors of tokens and keys. No message repeats the token or any of its claims.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The reason why a token was rejected.
///
/// The errors up to [`InvalidSignature`](Self::InvalidSignature) say nothing about the sender, because anybody can
/// send such a token.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum TokenError {
    /// There is no token.
    Missing,
    /// The token is longer than this many bytes.
    TooLong(usize),
    /// The token is not three parts of unpadded base64url with a JSON object in the first two, or such an object
    /// repeats a member.
    Malformed(&'static str),
    /// The token is unsigned, or signed with an algorithm that Clerk does not use for sessions.
    UnsupportedAlgorithm,
    /// The token requires an extension that is not supported (`crit`).
    UnsupportedExtension,
    /// The token is of another kind than expected, such as a JWT template token.
    WrongKind(&'static str),
    /// No key has the id that the token names, or the token names none and there are several keys.
    UnknownKey,
    /// Clerk's public keys could not be fetched, which says nothing about the token. The source has the cause.
    KeysUnavailable(Arc<dyn Error + Send + Sync>),
    /// The key cannot be used with the token's algorithm.
    WrongKeyType,
    /// The signature does not match.
    InvalidSignature,
    /// The token lacks this claim.
    MissingClaim(&'static str),
    /// This claim has the wrong type or an invalid value.
    InvalidClaim(&'static str),
    /// The authorized party (`azp`) of the token is none of these.
    UnauthorizedParty(Vec<String>),
    /// The audience (`aud`) of the token contains none of these.
    WrongAudience(Vec<String>),
    /// The issuer (`iss`) of the token is none of these.
    WrongIssuer(Vec<String>),
    /// The token expired this long ago, which is beyond the leeway.
    Expired(Duration),
    /// The token becomes valid after this long, which is beyond the leeway.
    NotYetValid(Duration),
    /// The token was issued this far in the future, which is beyond the leeway.
    IssuedInTheFuture(Duration),
    /// The session is pending: its user has to complete a task, such as choosing an organization.
    Pending,
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("there is no token"),
            Self::TooLong(limit) => write!(f, "the token is longer than {limit} bytes"),
            Self::Malformed(problem) => write!(f, "the token is malformed: {problem}"),
            Self::UnsupportedAlgorithm => {
                f.write_str("the token is not signed with a supported algorithm")
            }
            Self::UnsupportedExtension => {
                f.write_str("the token requires an unsupported extension (`crit`)")
            }
            Self::WrongKind(kind) => write!(f, "the token is {kind}"),
            Self::KeysUnavailable(_) => f.write_str("Clerk's public keys are unavailable"),
            Self::UnknownKey => f.write_str("no key matches the key id of the token"),
            Self::WrongKeyType => f.write_str("the key cannot be used with the token's algorithm"),
            Self::InvalidSignature => f.write_str("the signature of the token does not match"),
            Self::MissingClaim(claim) => write!(f, "the token lacks the claim `{claim}`"),
            Self::InvalidClaim(claim) => write!(f, "the claim `{claim}` of the token is invalid"),
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
                write!(f, "the token becomes valid in {} s", ahead.as_secs())
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
    /// A short identifier for logs and headers, the same one that Clerk's other SDKs use.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing => "session-token-missing",
            Self::TooLong(_) | Self::Malformed(_) | Self::UnsupportedExtension => "token-invalid",
            Self::UnsupportedAlgorithm => "token-invalid-algorithm",
            Self::WrongKind(_) => "token-type-mismatch",
            Self::UnknownKey => "jwk-kid-mismatch",
            Self::KeysUnavailable(source) => match source.downcast_ref::<crate::error::Error>() {
                Some(error) if error.has_code("clerk_key_invalid") => "secret-key-invalid",
                Some(crate::error::Error::MissingKey) => "jwk-failed-to-resolve",
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

/// The reason why a key cannot be used.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum KeyError {
    /// The input is not a public key in PEM (`-----BEGIN PUBLIC KEY-----`).
    NotPem,
    /// The input is not a JSON Web Key or a set of them: the string names the missing or malformed member, or
    /// describes the problem.
    NotJwk(&'static str),
    /// The key is of a type that Clerk does not sign sessions with.
    UnsupportedType,
    /// The key is an RSA key of less than 2048 bits.
    TooShort,
    /// The key is an RSA key of more than 8192 bits.
    TooLong,
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotPem => f.write_str(
                "not a public key in PEM: copy all of it, starting with `-----BEGIN PUBLIC KEY-----`",
            ),
            Self::NotJwk(problem) => write!(f, "not a valid JSON Web Key: {problem}"),
            Self::UnsupportedType => {
                f.write_str("unsupported key type: use an RSA, P-256, P-384 or Ed25519 key")
            }
            Self::TooShort => f.write_str("the RSA key is shorter than 2048 bits"),
            Self::TooLong => f.write_str("the RSA key is longer than 8192 bits"),
        }
    }
}

impl Error for KeyError {}
