//! Parsing of tokens other than session tokens: their registered claims only, or all claims.

use std::borrow::Cow;

use serde::de::MapAccess;
use serde_json::{Map, Value};

use super::json_object::{JsonObject, MemberValue, parse_object};
use super::registered_claims::RegisteredClaims;
use crate::jwt::token_error::TokenError;

#[cfg(feature = "auth")]
impl RegisteredClaims {
    /// Parses the claims of a token, skipping all others.
    pub(crate) fn parse(json: &[u8]) -> Result<Self, TokenError> {
        Ok(parse_object(json)?)
    }
}

#[cfg(feature = "auth")]
impl<'de> JsonObject<'de> for RegisteredClaims {
    fn read_member<A: MapAccess<'de>>(
        &mut self,
        name: Cow<'de, str>,
        value: &mut MemberValue<'_, A>,
    ) -> Result<(), A::Error> {
        match self.read_if_registered(&name, value)? {
            true => Ok(()),
            false => value.skip(),
        }
    }
}

/// All claims of a token that is not a session token. Those that are not registered are kept as they are, since
/// a name that has a meaning in session tokens may be used for something else.
#[derive(Default)]
pub(crate) struct AllClaims {
    pub(crate) registered: RegisteredClaims,
    pub(crate) others: Map<String, Value>,
}

impl AllClaims {
    pub(crate) fn parse(json: &[u8]) -> Result<Self, TokenError> {
        Ok(parse_object(json)?)
    }
}

impl<'de> JsonObject<'de> for AllClaims {
    fn read_member<A: MapAccess<'de>>(
        &mut self,
        name: Cow<'de, str>,
        value: &mut MemberValue<'_, A>,
    ) -> Result<(), A::Error> {
        match self.registered.read_if_registered(&name, value)? {
            true => Ok(()),
            false => value.insert(name, &mut self.others),
        }
    }
}
