//! The header of a token: its algorithm, key id, type and category.

use std::borrow::Cow;

use serde::de::{IgnoredAny, MapAccess};

use super::json_object::{BorrowedStr, JsonObject, MemberValue, parse_object};
use crate::jwt::base64url;
use crate::jwt::keys::Algorithm;
use crate::jwt::limits::{MAX_HEADER_BYTES, MAX_KEY_ID_BYTES};
use crate::jwt::token_error::{TokenError, TokenErrorKind};

/// The header of a token.
#[derive(Clone)]
pub(crate) struct Header {
    /// `None` if the token names no algorithm, or one that is not accepted.
    pub(crate) algorithm: Option<Algorithm>,
    pub(crate) key_id: Option<String>,
    pub(crate) token_type: HeaderType,
    pub(crate) category: Category,
}

/// The type of a token (`typ`).
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum HeaderType {
    Absent,
    Jwt,
    /// An OAuth access token (RFC 9068).
    AccessToken,
    Unknown,
}

/// The purpose that Clerk issued a token for (`cat`).
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum Category {
    /// The token has no category, or the one that carries no information.
    Absent,
    Session,
    JwtTemplate,
    Machine,
    Unknown,
}

impl Header {
    pub(super) fn parse(encoded: &str) -> Result<Self, TokenError> {
        if encoded.len() > MAX_HEADER_BYTES {
            return Err(TokenError::malformed("its header is too long"));
        }
        let json = base64url::decode(encoded);
        let json = json.map_err(|_| TokenError::malformed("its header is not base64url"))?;
        let members: HeaderMembers<'_> = parse_object(&json)
            .map_err(|_| TokenError::malformed("its header cannot be decoded"))?;
        if members.crit.is_some() {
            return Err(TokenError::new(TokenErrorKind::UnsupportedExtension));
        }
        let key_id = members.kid;
        let is_malformed =
            |id: &String| id.len() > MAX_KEY_ID_BYTES || id.contains(char::is_control);
        if key_id.as_ref().is_some_and(is_malformed) {
            return Err(TokenError::malformed("its key id is malformed"));
        }
        Ok(Self {
            algorithm: members.alg.and_then(|it| Algorithm::from_name(&it.0)),
            key_id,
            token_type: HeaderType::from_name(members.typ.as_ref().map(|it| &*it.0)),
            category: Category::from_name(members.cat.as_ref().map(|it| &*it.0)),
        })
    }
}

#[derive(Default)]
struct HeaderMembers<'t> {
    alg: Option<BorrowedStr<'t>>,
    kid: Option<String>,
    typ: Option<BorrowedStr<'t>>,
    cat: Option<BorrowedStr<'t>>,
    crit: Option<IgnoredAny>,
}

impl<'t> JsonObject<'t> for HeaderMembers<'t> {
    fn read_member<A: MapAccess<'t>>(
        &mut self,
        name: Cow<'t, str>,
        value: &mut MemberValue<'_, A>,
    ) -> Result<(), A::Error> {
        match &*name {
            "alg" => value.read(&mut self.alg),
            "kid" => value.read(&mut self.kid),
            "typ" => value.read(&mut self.typ),
            "cat" => value.read(&mut self.cat),
            "crit" => value.read(&mut self.crit),
            _ => value.skip(),
        }
    }
}

impl HeaderType {
    fn from_name(name: Option<&str>) -> Self {
        match name {
            None => Self::Absent,
            Some("JWT") => Self::Jwt,
            Some("at+jwt" | "application/at+jwt") => Self::AccessToken,
            Some(_) => Self::Unknown,
        }
    }
}

const SESSION: &str = "cl_B7d4PD111AAA";
const JWT_TEMPLATE: &str = "cl_B7d4PD222AAA";
const MACHINE: &str = "cl_B7d4PD333AAA";

impl Category {
    #[cfg(feature = "test-util")]
    pub(crate) fn as_str(self) -> Option<&'static str> {
        match self {
            Self::Absent | Self::Unknown => None,
            Self::Session => Some(SESSION),
            Self::JwtTemplate => Some(JWT_TEMPLATE),
            Self::Machine => Some(MACHINE),
        }
    }

    fn from_name(name: Option<&str>) -> Self {
        match name {
            None | Some("cl_I7d4PD111III") => Self::Absent,
            Some(SESSION) => Self::Session,
            Some(JWT_TEMPLATE) => Self::JwtTemplate,
            Some(MACHINE) => Self::Machine,
            Some(_) => Self::Unknown,
        }
    }
}
