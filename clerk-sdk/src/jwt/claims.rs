//! What a session token claims, in both of its versions, as one set of types.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::error::TokenError;
use super::features::{Packed, Scope, Slugs};
use super::raw::{Compact, Raw};
use super::session::SessionStatus;
use crate::Timestamp;

/// What a session token claims.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Claims {
    /// The user (`sub`), as `user_…`.
    pub subject: String,
    /// The session (`sid`), as `sess_…`.
    pub session_id: String,
    /// Who issued the token (`iss`): the Frontend API of the instance.
    pub issuer: Option<String>,
    /// The id of the token (`jti`).
    pub id: Option<String>,
    /// When the token expires (`exp`).
    pub expires_at: Timestamp,
    /// When it was issued (`iat`).
    pub issued_at: Option<Timestamp>,
    /// From when it is valid (`nbf`).
    pub not_before: Option<Timestamp>,
    /// The origin of the page that asked for it (`azp`).
    pub authorized_party: Option<String>,
    /// Whom it is for (`aud`); empty where it does not say.
    pub audience: Vec<String>,
    /// Who acts in the user's name (`act`), if somebody does.
    pub actor: Option<Actor>,
    /// The state of the session (`sts`).
    pub status: SessionStatus,
    /// The organization that is active, if one is.
    pub organization: Option<Organization>,
    /// Minutes since the first and the second factor were verified (`fva`); -1 where one never was.
    pub factor_ages: Option<[i64; 2]>,
    /// The version of the token: 1 or 2.
    pub version: u64,
    pub(super) features: Slugs,
    pub(super) plans: Slugs,
    /// Every other claim: those that you added to your session tokens.
    pub custom: Map<String, Value>,
}

impl Claims {
    /// The claims that you added to your session tokens, as a type of yours.
    ///
    /// # Errors
    ///
    /// If they do not fit it.
    pub fn custom_as<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        serde_json::from_value(Value::Object(self.custom.clone()))
    }

    /// The features of the user or of the active organization, with what each belongs to.
    pub fn features(&self) -> impl Iterator<Item = (Scope, &str)> {
        self.features.iter()
    }

    /// The plans of the user and of the active organization.
    pub fn plans(&self) -> impl Iterator<Item = (Scope, &str)> {
        self.plans.iter()
    }
}

/// The organization that is active in a session.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Organization {
    /// Its id, as `org_…`.
    pub id: String,
    /// Its slug, if it has one.
    pub slug: Option<String>,
    /// The user's role in it, as `org:admin`.
    pub role: Option<String>,
    permissions: Permissions,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Permissions {
    Listed(Vec<String>),
    Packed(Packed),
}

impl Organization {
    /// The permissions that the role gives, as `org:invoices:read`. Those of the system are never among
    /// them. [`Has::permission`](super::Has::permission) asks for one.
    pub fn permissions(&self) -> Vec<String> {
        match &self.permissions {
            Permissions::Listed(list) => list.clone(),
            Permissions::Packed(packed) => packed.list(),
        }
    }

    /// Whether `feature:permission` is among them.
    pub(super) fn has_permission(&self, asked: &str) -> bool {
        match &self.permissions {
            Permissions::Listed(list) => list.iter().any(|own| bare(own) == asked),
            Permissions::Packed(packed) => packed.has(asked),
        }
    }
}

/// A role or permission without the prefix that it may have.
pub(super) fn bare(mut name: &str) -> &str {
    while let Some(rest) = name.strip_prefix("org:") {
        name = rest;
    }
    name
}

/// Who acts in a user's name.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Actor {
    /// Who it is (`sub`).
    pub subject: String,
    /// What else the token says of the actor.
    pub details: Map<String, Value>,
}

impl Claims {
    pub(super) fn parse(json: &[u8]) -> Result<Self, TokenError> {
        let mut raw = Raw::parse(json)?;
        let version = raw.v.unwrap_or(1);
        let features = raw.fea.take().unwrap_or_default();
        let organization = match version {
            1 => organization_of_v1(&mut raw)?,
            _ => organization_of_v2(&mut raw, &features)?,
        };
        Ok(Self {
            subject: raw.sub.take().ok_or(TokenError::MissingClaim("sub"))?,
            session_id: raw.sid.take().ok_or(TokenError::MissingClaim("sid"))?,
            issuer: raw.iss.take(),
            id: raw.jti.take(),
            expires_at: instant("exp", raw.exp)?.ok_or(TokenError::MissingClaim("exp"))?,
            issued_at: instant("iat", raw.iat)?,
            not_before: instant("nbf", raw.nbf)?,
            authorized_party: raw.azp.take(),
            audience: raw.aud.take().map(|it| it.0).unwrap_or_default(),
            actor: actor(raw.act.take())?,
            status: raw.sts.take().into(),
            organization,
            factor_ages: raw.fva.take().and_then(|it| factor_ages(&it)),
            version,
            plans: Slugs::new(raw.pla.take().unwrap_or_default()),
            features: Slugs::new(features),
            custom: raw.into_custom(),
        })
    }
}

/// Whole seconds since the epoch.
pub(super) fn instant(
    name: &'static str,
    seconds: Option<i64>,
) -> Result<Option<Timestamp>, TokenError> {
    let Some(seconds) = seconds else {
        return Ok(None);
    };
    let millis = seconds.checked_mul(1000);
    let millis = millis.ok_or(TokenError::InvalidClaim(name))?;
    Ok(Some(Timestamp::from_millis(millis)))
}

fn actor(details: Option<Map<String, Value>>) -> Result<Option<Actor>, TokenError> {
    let Some(mut details) = details else {
        return Ok(None);
    };
    match details.remove("sub") {
        Some(Value::String(subject)) => Ok(Some(Actor { subject, details })),
        _ => Err(TokenError::InvalidClaim("act")),
    }
}

fn organization_of_v1(raw: &mut Raw<'_>) -> Result<Option<Organization>, TokenError> {
    let Some(id) = raw.take("org_id")? else {
        return Ok(None);
    };
    let permissions: Option<Vec<String>> = raw.take("org_permissions")?;
    Ok(Some(Organization {
        id,
        slug: raw.take("org_slug")?,
        role: raw.take("org_role")?,
        permissions: Permissions::Listed(permissions.unwrap_or_default()),
    }))
}

/// The compact form: the role without its prefix, the permissions as bits of masks.
fn organization_of_v2(
    raw: &mut Raw<'_>,
    features: &str,
) -> Result<Option<Organization>, TokenError> {
    let Some(compact) = raw.take::<Option<Compact>>("o")?.flatten() else {
        return Ok(None);
    };
    let permissions = match (compact.per, compact.fpm) {
        (Some(names), Some(masks)) => Permissions::Packed(Packed {
            features: features.to_owned(),
            names,
            masks,
        }),
        _ => Permissions::Listed(Vec::new()),
    };
    Ok(Some(Organization {
        id: compact.id.ok_or(TokenError::MissingClaim("o.id"))?,
        slug: compact.slg,
        role: compact.rol.map(|role| format!("org:{role}")),
        permissions,
    }))
}

/// Two ages in minutes; anything else is as if nothing was said, which no check passes.
fn factor_ages(value: &Value) -> Option<[i64; 2]> {
    let [first, second] = value.as_array()?.as_slice() else {
        return None;
    };
    let age = |value: &Value| value.as_i64().filter(|age| *age >= -1);
    Some([age(first)?, age(second)?])
}
