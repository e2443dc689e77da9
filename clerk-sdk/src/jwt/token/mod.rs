//! What all JSON Web Tokens of Clerk have in common: three parts, a header, and the registered claims.

mod all_claims;
mod audience;
mod header;
mod json_object;
mod parse;
mod registered_claims;
mod validity_period;

pub(crate) use all_claims::AllClaims;
pub(crate) use audience::Audience;
pub(crate) use header::{Category, Header, HeaderType};
pub(crate) use json_object::{
    BorrowedStr, Claim, JsonObject, MemberValue, parse_object, repeated_member,
};
pub(crate) use parse::ParsedToken;
pub(crate) use registered_claims::RegisteredClaims;
pub(crate) use validity_period::ValidityPeriod;
