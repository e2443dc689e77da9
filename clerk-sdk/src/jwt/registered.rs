//! The claims that tokens of every kind have: those that RFC 7519 registers, but for the audience, which a
//! machine's token may use as it likes.

#[cfg(feature = "auth")]
use serde_json::{Map, Value};

#[cfg(feature = "auth")]
use super::error::TokenError;
#[cfg(feature = "auth")]
use super::json::members;
use super::json::{Json, Odd, Seen};
use super::texts::{Span, Texts};

#[derive(Default)]
pub(super) struct Registered {
    pub(super) sub: Option<Span>,
    pub(super) iss: Option<Span>,
    pub(super) jti: Option<Span>,
    pub(super) exp: Option<i64>,
    pub(super) iat: Option<i64>,
    pub(super) nbf: Option<i64>,
    pub(super) texts: Texts,
    seen: Seen,
}

impl Registered {
    /// Reads the value of a claim, if it is one of these.
    #[inline]
    pub(super) fn take(&mut self, name: &str, json: &mut Json<'_>) -> Result<bool, Odd> {
        let bit = match name {
            "sub" => {
                self.sub = json.text("sub", &mut self.texts)?;
                0
            }
            "iss" => {
                self.iss = json.text("iss", &mut self.texts)?;
                1
            }
            "jti" => {
                self.jti = json.text("jti", &mut self.texts)?;
                2
            }
            "exp" => {
                self.exp = json.integer("exp")?;
                3
            }
            "iat" => {
                self.iat = json.integer("iat")?;
                4
            }
            "nbf" => {
                self.nbf = json.integer("nbf")?;
                5
            }
            _ => return Ok(false),
        };
        self.seen.first(bit)?;
        Ok(true)
    }
}

#[cfg(feature = "auth")]
impl Registered {
    /// Reads what every kind has, and skips the rest.
    pub(super) fn parse_only(json: &[u8]) -> Result<Self, TokenError> {
        let mut registered = Self::default();
        members(json, |name, json| match registered.take(name, json)? {
            true => Ok(()),
            false => json.ignore(),
        })?;
        Ok(registered)
    }

    /// Reads what every kind has, and keeps the rest as it came: a name that means something in a session's
    /// token is a machine's to use as it likes.
    pub(super) fn parse(json: &[u8]) -> Result<(Self, Map<String, Value>), TokenError> {
        let mut registered = Self::default();
        let mut rest = Map::new();
        members(json, |name, json| match registered.take(name, json)? {
            true => Ok(()),
            false => json.insert(name, &mut rest),
        })?;
        Ok((registered, rest))
    }
}
