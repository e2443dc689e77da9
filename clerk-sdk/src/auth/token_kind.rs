//! The kinds of tokens that a request can carry, and how to recognize them.

use crate::jwt::decode_unverified;

/// The prefixes of opaque tokens.
const OPAQUE_PREFIXES: [(&str, TokenKind); 3] = [
    ("ak_", TokenKind::ApiKey),
    ("mt_", TokenKind::M2m),
    ("oat_", TokenKind::OAuth),
];

/// A kind of token that a request can carry.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum TokenKind {
    /// A session token of a user in a browser or an app.
    Session,
    /// An API key (`ak_…`) that a user or an organization created for their own programs.
    ApiKey,
    /// A machine-to-machine token: `mt_…`, or a JWT.
    M2m,
    /// An access token that a user granted to an OAuth application: `oat_…`, or a JWT.
    OAuth,
}

impl TokenKind {
    /// Returns the kind that a token appears to be, without verifying it.
    ///
    /// A token that is recognized as no other kind is classified as a session token.
    pub fn of(token: &str) -> Self {
        if let Some((kind, _)) = split_opaque_prefix(token) {
            return kind;
        }
        match decode_unverified(token) {
            Ok(it) if it.subject.as_ref().is_some_and(|it| it.starts_with("mch_")) => Self::M2m,
            Ok(it) if it.is_access_token => Self::OAuth,
            _ => Self::Session,
        }
    }
}

/// Splits an opaque token into the kind that its prefix denotes and the rest.
pub(super) fn split_opaque_prefix(token: &str) -> Option<(TokenKind, &str)> {
    OPAQUE_PREFIXES
        .iter()
        .find_map(|(prefix, kind)| Some((*kind, token.strip_prefix(prefix)?)))
}
