//! Tokens that are not a session's, signed with the same keys: for machines, OAuth clients, handshakes.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::base64url::Buffer;
use super::claims::instant;
use super::error::TokenError;
use super::key::Key;
use super::raw::Audience;
use super::registered::Registered;
use super::settings::Validity;
use super::token::{Category, Header, Kind, Token};
use super::verify::Verifier;
use crate::Timestamp;

/// A kind of token beside a session's.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Other {
    Machine,
    OAuth,
}

/// What a machine's token or an OAuth client's claims.
pub(crate) struct OtherClaims {
    pub(crate) id: String,
    pub(crate) subject: String,
    pub(crate) audience: Vec<String>,
    pub(crate) expires_at: Timestamp,
    /// What else it claims, the audience among it.
    pub(crate) rest: Map<String, Value>,
}

/// What a token says of itself, before anything is checked.
pub(crate) struct Peek {
    pub(crate) subject: Option<String>,
    pub(crate) issuer: Option<String>,
    pub(crate) issued_at: Option<i64>,
    pub(crate) expires_at: Option<i64>,
    pub(crate) is_access_token: bool,
}

/// Reads a token without checking it, to choose what to check it as.
pub(crate) fn peek(token: &str) -> Result<Peek, TokenError> {
    let token = Token::parse(token, None)?;
    let mut buffer = Buffer::new();
    let claims = Registered::parse_only(token.unverified_payload(&mut buffer)?)?;
    let text = |span| claims.texts.get(span).to_owned();
    Ok(Peek {
        subject: claims.sub.map(text),
        issuer: claims.iss.map(text),
        issued_at: claims.iat,
        expires_at: claims.exp,
        is_access_token: token.header.kind == Kind::AccessToken,
    })
}

impl Verifier {
    /// Checks a token of another kind than a session's. Authorized parties and audiences of sessions are
    /// not asked for.
    pub(crate) async fn verify_other(
        &self,
        token: &str,
        other: Other,
    ) -> Result<OtherClaims, TokenError> {
        let (token, key) = self.keyed(token, |header| other.check(header)).await?;
        let mut buffer = Buffer::new();
        let payload = token.verified_payload(&key, &mut buffer)?;
        let (claims, rest) = Registered::parse(payload)?;
        let missing = TokenError::MissingClaim;
        let text = |span| claims.texts.get(span);
        let subject = claims.sub.map(text).ok_or(missing("sub"))?;
        if other == Other::Machine && !subject.starts_with("mch_") {
            return Err(TokenError::InvalidClaim("sub"));
        }
        let validity = Validity {
            expires_at: instant("exp", claims.exp)?.ok_or(missing("exp"))?,
            not_before: instant("nbf", claims.nbf)?,
            issued_at: instant("iat", claims.iat)?,
        };
        self.settings().check_times(&validity, self.now())?;
        let audience = rest.get("aud").map(Audience::deserialize);
        let audience = audience.transpose();
        let audience = audience.map_err(|_| TokenError::InvalidClaim("aud"))?;
        Ok(OtherClaims {
            id: claims.jti.map(text).unwrap_or_default().into(),
            subject: subject.into(),
            audience: audience.map(|it| it.0).unwrap_or_default(),
            expires_at: validity.expires_at,
            rest,
        })
    }

    /// The cookies that a handshake brings: Clerk's, or nobody's. It is used at once, so it has no times.
    pub(crate) async fn verify_handshake(&self, token: &str) -> Result<Vec<String>, TokenError> {
        let check = |header: &Header| match (header.kind, header.category) {
            (Kind::Unsaid | Kind::Jwt, Category::Unsaid | Category::Session) => Ok(()),
            _ => Err(TokenError::WrongKind("of another kind than a handshake's")),
        };
        let (token, key) = self.keyed(token, check).await?;
        let mut buffer = Buffer::new();
        let payload = token.verified_payload(&key, &mut buffer)?;
        let (_, mut rest) = Registered::parse(payload)?;
        let cookies = rest.remove("handshake");
        let cookies = cookies.ok_or(TokenError::MissingClaim("handshake"))?;
        serde_json::from_value(cookies).map_err(|_| TokenError::InvalidClaim("handshake"))
    }

    /// A token of the kind that is asked for, and the key to check it with.
    async fn keyed<'t>(
        &'t self,
        token: &'t str,
        check: impl FnOnce(&Header) -> Result<(), TokenError>,
    ) -> Result<(Token<'t>, Cow<'t, Key>), TokenError> {
        let token = Token::parse(token, None)?;
        check(&token.header)?;
        if token.header.algorithm.is_none() {
            return Err(TokenError::UnsupportedAlgorithm);
        }
        let key = self.key(&token.header, self.now()).await?;
        Ok((token, key))
    }
}

impl Other {
    fn check(self, header: &Header) -> Result<(), TokenError> {
        match (self, header.kind, header.category) {
            (Self::Machine, Kind::Unsaid | Kind::Jwt, Category::Unsaid | Category::Machine) => {
                Ok(())
            }
            (Self::OAuth, Kind::AccessToken, _) => Ok(()),
            (Self::Machine, ..) => Err(TokenError::WrongKind("not a machine's")),
            (Self::OAuth, ..) => Err(TokenError::WrongKind("not an OAuth client's")),
        }
    }
}
