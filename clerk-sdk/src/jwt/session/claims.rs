//! The claims of a session token, as one type for both versions.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::actor::{Actor, ActorClaim};
use super::features_and_plans::{self, FeatureScope};
use super::organization::{ActiveOrganization, OrganizationData};
use super::status::TokenSessionStatus;
use super::undecoded_claims::UndecodedClaims;
use super::undecoded_organization::UndecodedOrganization;
use super::{organization_v1, organization_v2};
use crate::jwt::token::ValidityPeriod;
use crate::jwt::token_error::TokenError;
use crate::wire::Timestamp;

/// The claims of a session token.
#[derive(Clone, Debug, PartialEq)]
pub struct Claims {
    subject: String,
    session_id: String,
    issuer: Option<String>,
    id: Option<String>,
    authorized_party: Option<String>,
    audience: Vec<String>,
    validity_period: ValidityPeriod,
    status: TokenSessionStatus,
    actor: Option<Actor>,
    organization: Option<OrganizationData>,
    factor_ages: Option<[i64; 2]>,
    features: String,
    plans: String,
    version: u64,
    custom: Map<String, Value>,
}

impl Claims {
    pub(crate) fn parse(json: &[u8]) -> Result<Self, TokenError> {
        let claims = UndecodedClaims::parse(json)?;
        let missing = TokenError::missing_claim;
        let (version, status) = (claims.version(), claims.status());
        let factor_ages = claims.factor_ages();
        let validity_period = claims.registered.validity_period();
        let mut custom = claims.custom;
        let organization = organization(version, claims.o, &mut custom)?;
        let audience = claims.aud.flatten();
        let actor = claims.act.flatten();
        Ok(Self {
            subject: claims.registered.sub.flatten().ok_or(missing("sub"))?,
            session_id: claims.sid.flatten().ok_or(missing("sid"))?,
            issuer: claims.registered.iss.flatten(),
            id: claims.registered.jti.flatten(),
            authorized_party: claims.azp.flatten(),
            audience: audience.map(|audience| audience.0).unwrap_or_default(),
            validity_period: validity_period?,
            status,
            actor: actor.map(ActorClaim::into_actor).transpose()?,
            organization,
            factor_ages,
            features: claims.fea.flatten().unwrap_or_default(),
            plans: claims.pla.flatten().unwrap_or_default(),
            version,
            custom,
        })
    }

    /// The id of the user (`sub`), such as `user_…`.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The id of the session (`sid`), such as `sess_…`.
    pub fn session_id(&self) -> &str {
        &self.session_id
    }

    /// The issuer of the token (`iss`): the Frontend API URL of the instance.
    pub fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }

    /// The id of the token (`jti`).
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The authorized party (`azp`): the origin of the page that requested the token.
    pub fn authorized_party(&self) -> Option<&str> {
        self.authorized_party.as_deref()
    }

    /// The audience of the token (`aud`), or an empty slice if the token names none.
    pub fn audience(&self) -> &[String] {
        &self.audience
    }

    /// The time at which the token expires (`exp`).
    pub fn expires_at(&self) -> Timestamp {
        self.validity_period.expires_at
    }

    /// The time at which the token was issued (`iat`).
    pub fn issued_at(&self) -> Option<Timestamp> {
        self.validity_period.issued_at
    }

    /// The time from which the token is valid (`nbf`).
    pub fn not_before(&self) -> Option<Timestamp> {
        self.validity_period.not_before
    }

    pub(crate) fn validity_period(&self) -> &ValidityPeriod {
        &self.validity_period
    }

    /// The status of the session (`sts`).
    pub fn status(&self) -> &TokenSessionStatus {
        &self.status
    }

    /// The actor who impersonates the user (`act`), if there is one.
    pub fn actor(&self) -> Option<&Actor> {
        self.actor.as_ref()
    }

    /// The active organization, if there is one.
    pub fn organization(&self) -> Option<ActiveOrganization<'_>> {
        let organization = self.organization.as_ref()?;
        Some(organization.organization(&self.features))
    }

    /// How long ago the first factor was verified when the token was issued (`fva`), in whole minutes; `None` if it
    /// never was, or if the token does not say.
    pub fn first_factor_age(&self) -> Option<Duration> {
        factor_age(self.factor_ages?[0])
    }

    /// How long ago the second factor was verified when the token was issued (`fva`), in whole minutes; `None` if it
    /// never was, or if the token does not say.
    pub fn second_factor_age(&self) -> Option<Duration> {
        factor_age(self.factor_ages?[1])
    }

    /// The minutes since both factors were verified, -1 for a factor that never was.
    pub(super) fn factor_ages(&self) -> Option<[i64; 2]> {
        self.factor_ages
    }

    /// The features of the user and of the active organization (`fea`), each with its scope.
    pub fn features(&self) -> impl Iterator<Item = (FeatureScope, &str)> {
        features_and_plans::parse(&self.features)
    }

    /// The plans of the user and of the active organization (`pla`), each with its scope.
    pub fn plans(&self) -> impl Iterator<Item = (FeatureScope, &str)> {
        features_and_plans::parse(&self.plans)
    }

    /// The version of the token, 1 or 2.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The custom claims: those that you added to your session tokens.
    pub fn custom(&self) -> &Map<String, Value> {
        &self.custom
    }

    /// Deserializes the custom claims into your own type.
    ///
    /// # Errors
    ///
    /// Returns an error if they do not match the type.
    pub fn custom_as<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        serde_json::from_value(Value::Object(self.custom.clone()))
    }
}

fn factor_age(minutes: i64) -> Option<Duration> {
    let minutes = u64::try_from(minutes).ok()?;
    Some(Duration::from_secs(minutes.saturating_mul(60)))
}

/// The active organization. In version 1, `o` is a custom claim.
fn organization(
    version: u64,
    o: Option<UndecodedOrganization<'_>>,
    custom: &mut Map<String, Value>,
) -> Result<Option<OrganizationData>, TokenError> {
    if version != 1 {
        return o.map_or(Ok(None), organization_v2::organization);
    }
    let o = o.map(UndecodedOrganization::into_value);
    if let Some(o) = o.filter(|o| !o.is_null()) {
        custom.insert("o".to_owned(), o);
    }
    organization_v1::take_organization(custom)
}
