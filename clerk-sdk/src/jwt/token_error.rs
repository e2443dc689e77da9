//! The errors of tokens and keys. No message repeats the token or its claims, except for the authorized party if it is an
//! origin.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::authorized_parties::is_printable_origin;
use crate::error::Error;

/// An error returned when a token is rejected. [`kind`](Self::kind) says why, and other methods give the details.
#[derive(Clone, Debug)]
pub struct TokenError {
    kind: TokenErrorKind,
    detail: Detail,
}

/// The reason why a token was rejected.
///
/// The kinds up to [`InvalidSignature`](Self::InvalidSignature) say nothing about the sender, because anybody can
/// send such a token.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum TokenErrorKind {
    /// There is no token.
    Missing,
    /// The token is too long.
    TooLong,
    /// The token is not three parts of unpadded base64url with a JSON object in the first two, or such an object
    /// repeats a member.
    Malformed,
    /// The token is unsigned, or signed with an algorithm that Clerk does not use for sessions.
    UnsupportedAlgorithm,
    /// The token requires an extension that is not supported (`crit`).
    UnsupportedExtension,
    /// The token is of another kind than expected, such as a JWT template token.
    WrongKind,
    /// No key has the id that the token names, which is none of those [known](TokenError::known_key_ids), or the token names none and there are several keys.
    UnknownKey,
    /// Clerk's public keys could not be fetched, which says nothing about the token. The
    /// [source](std::error::Error::source) of the error has the cause.
    KeysUnavailable,
    /// The key cannot be used with the token's algorithm.
    WrongKeyType,
    /// The signature does not match.
    InvalidSignature,
    /// The token lacks a [claim](TokenError::claim).
    MissingClaim,
    /// A [claim](TokenError::claim) has the wrong type or an invalid value.
    InvalidClaim,
    /// The custom claims of a JWT template token do not deserialize into your type. The token is genuine: the template
    /// and the type differ. [`claim`](TokenError::claim) is the path of the value, such as `address.city`.
    CustomClaimsMismatch,
    /// The authorized party (`azp`) of the token is [missing](TokenError::is_missing_party), or
    /// [is none](TokenError::rejected_party) of those [expected](TokenError::expected).
    UnauthorizedParty,
    /// The audience (`aud`) of the token contains none of those [expected](TokenError::expected).
    WrongAudience,
    /// The issuer (`iss`) of the token is none of those [expected](TokenError::expected).
    WrongIssuer,
    /// The token expired [this long](TokenError::time_difference) ago, which is beyond the leeway.
    Expired,
    /// The token becomes valid after [this long](TokenError::time_difference), which is beyond the leeway.
    NotYetValid,
    /// The token was issued [this far](TokenError::time_difference) in the future, which is beyond the leeway.
    IssuedInTheFuture,
    /// The session is pending: its user has to complete a task, such as choosing an organization.
    Pending,
    /// The session has a status that this version of the crate does not know.
    UnknownStatus,
}

#[derive(Clone, Debug)]
enum Detail {
    None,
    Limit(usize),
    /// The rest of the message, or the name of a claim.
    Text(&'static str),
    /// The path of a custom claim, if it is known.
    Path(Option<String>),
    Expected(Vec<String>),
    UnauthorizedParty {
        found: Party,
        expected: Vec<String>,
    },
    KnownKeys(Vec<String>),
    Time(Duration),
    Source(Arc<dyn StdError + Send + Sync>),
}

/// The authorized party of a rejected token.
#[derive(Clone, Debug)]
enum Party {
    Missing,
    Origin(String),
    /// It is not an origin, and is not repeated.
    Invalid,
}

impl TokenError {
    pub(crate) fn new(kind: TokenErrorKind) -> Self {
        Self::with_detail(kind, Detail::None)
    }

    fn with_detail(kind: TokenErrorKind, detail: Detail) -> Self {
        Self { kind, detail }
    }

    pub(crate) fn too_long(limit: usize) -> Self {
        Self::with_detail(TokenErrorKind::TooLong, Detail::Limit(limit))
    }

    pub(crate) fn malformed(problem: &'static str) -> Self {
        Self::with_detail(TokenErrorKind::Malformed, Detail::Text(problem))
    }

    pub(crate) fn wrong_kind(kind: &'static str) -> Self {
        Self::with_detail(TokenErrorKind::WrongKind, Detail::Text(kind))
    }

    pub(crate) fn keys_unavailable(source: Arc<dyn StdError + Send + Sync>) -> Self {
        Self::with_detail(TokenErrorKind::KeysUnavailable, Detail::Source(source))
    }

    /// `known` are the ids of the keys that there are.
    pub(crate) fn unknown_key(known: Vec<String>) -> Self {
        Self::with_detail(TokenErrorKind::UnknownKey, Detail::KnownKeys(known))
    }

    pub(crate) fn missing_claim(claim: &'static str) -> Self {
        Self::with_detail(TokenErrorKind::MissingClaim, Detail::Text(claim))
    }

    pub(crate) fn invalid_claim(claim: &'static str) -> Self {
        Self::with_detail(TokenErrorKind::InvalidClaim, Detail::Text(claim))
    }

    /// `path` is that of the value that does not match, or `None` if that is the object of all claims.
    pub(crate) fn custom_claims_mismatch(path: Option<String>) -> Self {
        Self::with_detail(TokenErrorKind::CustomClaimsMismatch, Detail::Path(path))
    }

    pub(crate) fn unauthorized_party(party: Option<&str>, expected: Vec<String>) -> Self {
        let found = match party {
            None => Party::Missing,
            Some(party) if is_printable_origin(party) => Party::Origin(party.to_owned()),
            Some(_) => Party::Invalid,
        };
        let detail = Detail::UnauthorizedParty { found, expected };
        Self::with_detail(TokenErrorKind::UnauthorizedParty, detail)
    }

    pub(crate) fn wrong_audience(expected: &[String]) -> Self {
        Self::unexpected(TokenErrorKind::WrongAudience, expected)
    }

    pub(crate) fn wrong_issuer(expected: &[String]) -> Self {
        Self::unexpected(TokenErrorKind::WrongIssuer, expected)
    }

    fn unexpected(kind: TokenErrorKind, expected: &[String]) -> Self {
        Self::with_detail(kind, Detail::Expected(expected.to_vec()))
    }

    pub(crate) fn expired(ago: Duration) -> Self {
        Self::with_detail(TokenErrorKind::Expired, Detail::Time(ago))
    }

    pub(crate) fn not_yet_valid(ahead: Duration) -> Self {
        Self::with_detail(TokenErrorKind::NotYetValid, Detail::Time(ahead))
    }

    pub(crate) fn issued_in_the_future(ahead: Duration) -> Self {
        Self::with_detail(TokenErrorKind::IssuedInTheFuture, Detail::Time(ahead))
    }

    /// The reason.
    pub fn kind(&self) -> TokenErrorKind {
        self.kind
    }

    /// The claim that is missing or invalid, such as `exp`, or the path of a custom claim.
    pub fn claim(&self) -> Option<&str> {
        use TokenErrorKind::{InvalidClaim, MissingClaim};
        match (self.kind, &self.detail) {
            (MissingClaim | InvalidClaim, Detail::Text(claim)) => Some(claim),
            (_, Detail::Path(path)) => path.as_deref(),
            _ => None,
        }
    }

    /// The authorized parties, audiences or issuers that are accepted, if the token has none of them.
    pub fn expected(&self) -> Option<&[String]> {
        match &self.detail {
            Detail::Expected(expected) | Detail::UnauthorizedParty { expected, .. } => {
                Some(expected)
            }
            _ => None,
        }
    }

    /// Whether the token was rejected because it names no authorized party (`azp`).
    pub fn is_missing_party(&self) -> bool {
        let found = match &self.detail {
            Detail::UnauthorizedParty { found, .. } => found,
            _ => return false,
        };
        matches!(found, Party::Missing)
    }

    /// The authorized party (`azp`) of the token, if it was rejected because of it.
    pub fn rejected_party(&self) -> Option<&str> {
        match &self.detail {
            Detail::UnauthorizedParty {
                found: Party::Origin(party),
                ..
            } => Some(party),
            _ => None,
        }
    }

    /// The ids of the public keys that there are, if the token names another.
    pub fn known_key_ids(&self) -> Option<&[String]> {
        match &self.detail {
            Detail::KnownKeys(known) => Some(known),
            _ => None,
        }
    }

    /// How long ago the token expired, or how far in the future it becomes valid or was issued.
    pub fn time_difference(&self) -> Option<Duration> {
        match self.detail {
            Detail::Time(time) => Some(time),
            _ => None,
        }
    }

    /// A short identifier for logs and headers, the same one that Clerk's other SDKs use.
    pub fn code(&self) -> &'static str {
        use TokenErrorKind as Kind;
        match self.kind {
            Kind::Missing => "session-token-missing",
            Kind::TooLong | Kind::Malformed | Kind::UnsupportedExtension => "token-invalid",
            Kind::UnsupportedAlgorithm => "token-invalid-algorithm",
            Kind::WrongKind => "token-type-mismatch",
            Kind::UnknownKey => "jwk-kid-mismatch",
            Kind::KeysUnavailable => self.keys_unavailable_code(),
            Kind::InvalidSignature => "token-invalid-signature",
            Kind::WrongKeyType
            | Kind::MissingClaim
            | Kind::InvalidClaim
            | Kind::CustomClaimsMismatch
            | Kind::WrongAudience => "token-verification-failed",
            Kind::UnauthorizedParty => "token-invalid-authorized-parties",
            Kind::WrongIssuer => "token-invalid-issuer",
            Kind::Expired => "token-expired",
            Kind::NotYetValid => "token-not-active-yet",
            Kind::IssuedInTheFuture => "token-iat-in-the-future",
            Kind::Pending => "session-pending",
            Kind::UnknownStatus => "token-verification-failed",
        }
    }

    fn keys_unavailable_code(&self) -> &'static str {
        match self
            .source()
            .and_then(|source| source.downcast_ref::<Error>())
        {
            Some(error) if error.has_code("clerk_key_invalid") => "secret-key-invalid",
            Some(Error::MissingKey) => "jwk-failed-to-resolve",
            _ => "jwk-remote-failed-to-load",
        }
    }

    fn text(&self) -> &'static str {
        match self.detail {
            Detail::Text(text) => text,
            _ => "",
        }
    }

    fn seconds(&self) -> u64 {
        self.time_difference().unwrap_or_default().as_secs()
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use TokenErrorKind as Kind;
        match self.kind {
            Kind::Missing => f.write_str("there is no token"),
            Kind::TooLong => match self.detail {
                Detail::Limit(limit) => write!(f, "the token is longer than {limit} bytes"),
                _ => f.write_str("the token is too long"),
            },
            Kind::Malformed => write!(f, "the token is malformed: {}", self.text()),
            Kind::UnsupportedAlgorithm => {
                f.write_str("the token is not signed with a supported algorithm")
            }
            Kind::UnsupportedExtension => {
                f.write_str("the token requires an unsupported extension (`crit`)")
            }
            Kind::WrongKind => write!(f, "the token is {}", self.text()),
            Kind::KeysUnavailable => f.write_str("Clerk's public keys are unavailable"),
            Kind::UnknownKey => {
                f.write_str("no key matches the key id of the token")?;
                match self.known_key_ids() {
                    Some(known @ [_, ..]) => write!(f, ": the known ids are {}", known.join(", ")),
                    _ => Ok(()),
                }
            }
            Kind::WrongKeyType => f.write_str("the key cannot be used with the token's algorithm"),
            Kind::InvalidSignature => f.write_str("the signature of the token does not match"),
            Kind::MissingClaim => write!(f, "the token lacks the claim `{}`", self.text()),
            Kind::InvalidClaim => write!(f, "the claim `{}` of the token is invalid", self.text()),
            Kind::CustomClaimsMismatch => match self.claim() {
                Some(path) => write!(f, "the custom claim `{path}` does not match its type"),
                None => f.write_str("the custom claims do not match their type"),
            },
            // The configuration is not revealed to the caller.
            Kind::UnauthorizedParty => match self.rejected_party() {
                _ if self.is_missing_party() => {
                    f.write_str("the token names no authorized party (`azp`)")
                }
                Some(party) => write!(f, "the token is from {party}, not an authorized party"),
                None => f.write_str("the authorized party (`azp`) of the token is not an origin"),
            },
            Kind::WrongAudience => f.write_str("the token is intended for another audience"),
            Kind::WrongIssuer => f.write_str("the token was issued by another issuer"),
            Kind::Expired => write!(f, "the token expired {} s ago", self.seconds()),
            Kind::NotYetValid => write!(f, "the token becomes valid in {} s", self.seconds()),
            Kind::IssuedInTheFuture => write!(
                f,
                "the token was issued {} s in the future: check the clocks",
                self.seconds()
            ),
            Kind::Pending => f.write_str("the session is pending"),
            Kind::UnknownStatus => f.write_str("the session has an unknown status"),
        }
    }
}

impl StdError for TokenError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.detail {
            Detail::Source(source) => Some(&**source),
            _ => None,
        }
    }
}
