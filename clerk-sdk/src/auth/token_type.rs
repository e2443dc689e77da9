//! The kinds of tokens that a request can carry, and how to recognize them.

use std::fmt;

use crate::jwt::parse_unverified;

/// The prefixes of opaque tokens.
const OPAQUE_PREFIXES: [(&str, TokenType); 3] = [
    ("ak_", TokenType::ApiKey),
    ("mt_", TokenType::M2m),
    ("oat_", TokenType::OAuth),
];

/// A kind of token that a request can carry.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum TokenType {
    /// A session token of a user in a browser or an app.
    Session,
    /// An API key (`ak_…`) that a user or an organization created for their own programs.
    ApiKey,
    /// A machine-to-machine token: `mt_…`, or a JWT.
    M2m,
    /// An access token that a user granted to an OAuth application: `oat_…`, or a JWT.
    OAuth,
}

impl TokenType {
    /// Returns the kind that a token appears to be, without verifying it.
    ///
    /// A token that is recognized as no other kind is classified as a session token.
    pub fn detect(token: &str) -> Self {
        if let Some((kind, _)) = split_opaque_prefix(token) {
            return kind;
        }
        match parse_unverified(token) {
            Ok(it) if it.subject.as_ref().is_some_and(|it| it.starts_with("mch_")) => Self::M2m,
            Ok(it) if it.is_access_token => Self::OAuth,
            _ => Self::Session,
        }
    }
}

impl TokenType {
    /// The name of the kind, the same that Clerk's other SDKs use: `session_token`, `api_key`, `m2m_token` or
    /// `oauth_token`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Session => "session_token",
            Self::ApiKey => "api_key",
            Self::M2m => "m2m_token",
            Self::OAuth => "oauth_token",
        }
    }
}

impl fmt::Display for TokenType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Splits an opaque token into the kind that its prefix denotes and the rest.
pub(super) fn split_opaque_prefix(token: &str) -> Option<(TokenType, &str)> {
    OPAQUE_PREFIXES
        .iter()
        .find_map(|(prefix, kind)| Some((*kind, token.strip_prefix(prefix)?)))
}
