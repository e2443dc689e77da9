//! The kinds of tokens, told by what they look like.

use crate::jwt::decode_unverified;

/// How tokens begin that say nothing of themselves.
const OPAQUE: [(&str, TokenKind); 3] = [
    ("ak_", TokenKind::ApiKey),
    ("mt_", TokenKind::M2m),
    ("oat_", TokenKind::OAuth),
];

/// The longest opaque token that Clerk is asked about: ten times what it gives out.
pub(super) const MAX_OPAQUE_BYTES: usize = 512;

/// Whether a token has the form of one that Clerk gave out: anybody can write another, and asking about
/// it would cost a call.
pub(super) fn is_opaque(token: &str) -> bool {
    let secret = OPAQUE
        .iter()
        .find_map(|(prefix, _)| token.strip_prefix(prefix));
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~+/=".contains(&byte);
    secret.is_some_and(|secret| !secret.is_empty() && secret.bytes().all(is_part))
}

/// A kind of token that a request can carry.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum TokenKind {
    /// A session's: a user in a browser or an app.
    Session,
    /// An API key (`ak_…`), which a user or an organization made for their own programs.
    ApiKey,
    /// A token from one machine of yours to another (`mt_…`, or a JWT).
    M2m,
    /// An access token that an OAuth application got from a user (`oat_…`, or a JWT).
    OAuth,
}

impl TokenKind {
    /// What a token looks like. Nothing is checked, and whatever is none of the others looks like a
    /// session's.
    pub fn of(token: &str) -> Self {
        let known = OPAQUE.iter().find(|(prefix, _)| token.starts_with(prefix));
        if let Some((_, kind)) = known {
            return *kind;
        }
        match decode_unverified(token) {
            Ok(it) if it.subject.as_ref().is_some_and(|it| it.starts_with("mch_")) => Self::M2m,
            Ok(it) if it.is_access_token => Self::OAuth,
            _ => Self::Session,
        }
    }
}
