//! The claims that tokens of every kind have. What else one claims is kept as it came: a name that means
//! something in a session's token is a machine's to use as it likes.

use std::cell::Cell;
use std::fmt;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::error::TokenError;
use super::raw::{Text, is_first, read_claims, twice};

/// The claims that RFC 7519 registers, but for the audience.
#[derive(Default)]
pub(super) struct Registered {
    pub(super) sub: Option<String>,
    pub(super) iss: Option<String>,
    pub(super) jti: Option<String>,
    pub(super) exp: Option<i64>,
    pub(super) iat: Option<i64>,
    pub(super) nbf: Option<i64>,
    /// All others; none where they are not kept.
    pub(super) rest: Map<String, Value>,
}

impl Registered {
    pub(super) fn parse(json: &[u8]) -> Result<Self, TokenError> {
        Self::read(json, true)
    }

    /// Reads what every kind has, and skips the rest.
    pub(super) fn parse_only(json: &[u8]) -> Result<Self, TokenError> {
        Self::read(json, false)
    }

    fn read(json: &[u8], keeps_rest: bool) -> Result<Self, TokenError> {
        let mut registered = Self::default();
        let at = Cell::new(None);
        let visitor = RegisteredVisitor {
            registered: &mut registered,
            at: &at,
            keeps_rest,
        };
        read_claims(json, visitor, &at)?;
        Ok(registered)
    }
}

struct RegisteredVisitor<'r> {
    registered: &'r mut Registered,
    /// The claim whose value is being read.
    at: &'r Cell<Option<&'static str>>,
    keeps_rest: bool,
}

impl<'de> Visitor<'de> for RegisteredVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self {
            registered,
            at,
            keeps_rest,
        } = self;
        let mut seen = 0_u32;
        while let Some(Text(name)) = map.next_key()? {
            macro_rules! read {
                ($field:ident, $bit:literal) => {{
                    at.set(Some(stringify!($field)));
                    registered.$field = map.next_value()?;
                    at.set(None);
                    is_first(&mut seen, $bit)?
                }};
            }
            match &*name {
                "sub" => read!(sub, 0),
                "iss" => read!(iss, 1),
                "jti" => read!(jti, 2),
                "exp" => read!(exp, 3),
                "iat" => read!(iat, 4),
                "nbf" => read!(nbf, 5),
                _ if keeps_rest => {
                    let twin = registered.rest.insert(name.into_owned(), map.next_value()?);
                    if twin.is_some() {
                        return Err(twice());
                    }
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}
