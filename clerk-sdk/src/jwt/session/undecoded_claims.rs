//! The claims of a session token as they are read: each at most once and of the right type, but not yet
//! interpreted.

use std::borrow::Cow;

use serde::de::MapAccess;
use serde_json::{Map, Value};

use super::actor::ActorClaim;
use super::status::TokenSessionStatus;
use super::undecoded_organization::UndecodedOrganization;
use crate::jwt::token::{
    Audience, BorrowedStr, Claim, JsonObject, MemberValue, RegisteredClaims, parse_object,
};
use crate::jwt::token_error::TokenError;

#[derive(Default)]
pub(super) struct UndecodedClaims<'t> {
    pub(super) registered: RegisteredClaims,
    pub(super) sid: Claim<String>,
    pub(super) azp: Claim<String>,
    pub(super) sts: Claim<BorrowedStr<'t>>,
    pub(super) fea: Claim<String>,
    pub(super) pla: Claim<String>,
    pub(super) v: Claim<u64>,
    pub(super) aud: Claim<Audience>,
    pub(super) act: Claim<ActorClaim>,
    pub(super) fva: Claim<Value>,
    pub(super) o: Option<UndecodedOrganization<'t>>,
    /// All other claims, those of version 1 among them.
    pub(super) custom: Map<String, Value>,
}

impl<'t> UndecodedClaims<'t> {
    pub(super) fn parse(json: &'t [u8]) -> Result<Self, TokenError> {
        Ok(parse_object(json)?)
    }

    /// The version of the token. The first version does not have the claim.
    pub(super) fn version(&self) -> u64 {
        self.v.flatten().unwrap_or(1)
    }

    pub(super) fn status(&self) -> TokenSessionStatus {
        let sts = self.sts.as_ref().and_then(|sts| sts.as_ref());
        TokenSessionStatus::from_claim(sts.map(|sts| &*sts.0))
    }

    /// The ages of both factors in minutes. Malformed ones count as absent, which passes no reverification.
    pub(super) fn factor_ages(&self) -> Option<[i64; 2]> {
        let ages = self.fva.as_ref()?.as_ref()?.as_array()?;
        let [first, second] = ages.as_slice() else {
            return None;
        };
        let ages = [first.as_i64()?, second.as_i64()?];
        ages.iter().all(|age| *age >= -1).then_some(ages)
    }
}

impl<'t> JsonObject<'t> for UndecodedClaims<'t> {
    fn read_member<A: MapAccess<'t>>(
        &mut self,
        name: Cow<'t, str>,
        value: &mut MemberValue<'_, A>,
    ) -> Result<(), A::Error> {
        match &*name {
            "sid" => value.read_claim("sid", &mut self.sid),
            "azp" => value.read_claim("azp", &mut self.azp),
            "sts" => value.read_claim("sts", &mut self.sts),
            "fea" => value.read_claim("fea", &mut self.fea),
            "pla" => value.read_claim("pla", &mut self.pla),
            "v" => value.read_claim("v", &mut self.v),
            "aud" => value.read_claim("aud", &mut self.aud),
            "act" => value.read_claim("act", &mut self.act),
            "fva" => value.read_claim("fva", &mut self.fva),
            "o" => value.read(&mut self.o),
            _ if self.registered.read_if_registered(&name, value)? => Ok(()),
            _ => value.insert(name, &mut self.custom),
        }
    }
}
