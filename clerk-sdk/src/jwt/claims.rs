//! What a session token claims, in both of its versions, as one type.

use std::{fmt, mem};

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::error::TokenError;
use super::features::{self, Packed, Scope};
use super::raw::{Compact, Raw};
use super::session::SessionStatus;
use super::texts::{Span, Texts};
use crate::Timestamp;

/// What a session token claims.
#[derive(Clone)]
pub struct Claims {
    texts: Texts,
    subject: Span,
    session_id: Span,
    issuer: Option<Span>,
    id: Option<Span>,
    authorized_party: Option<Span>,
    features: Span,
    plans: Span,
    organization: Option<OrganizationSpans>,
    permissions: Vec<String>,
    audience: Vec<String>,
    expires_at: Timestamp,
    issued_at: Option<Timestamp>,
    not_before: Option<Timestamp>,
    factor_ages: Option<[i64; 2]>,
    version: u64,
    status: SessionStatus,
    actor: Option<Box<Actor>>,
    custom: Map<String, Value>,
}

impl Claims {
    /// The user (`sub`), as `user_…`.
    pub fn subject(&self) -> &str {
        self.texts.get(self.subject)
    }

    /// The session (`sid`), as `sess_…`.
    pub fn session_id(&self) -> &str {
        self.texts.get(self.session_id)
    }

    /// Who issued the token (`iss`): the Frontend API of the instance.
    pub fn issuer(&self) -> Option<&str> {
        self.issuer.map(|span| self.texts.get(span))
    }

    /// The id of the token (`jti`).
    pub fn id(&self) -> Option<&str> {
        self.id.map(|span| self.texts.get(span))
    }

    /// The origin of the page that asked for the token (`azp`).
    pub fn authorized_party(&self) -> Option<&str> {
        self.authorized_party.map(|span| self.texts.get(span))
    }

    /// Whom the token is for (`aud`); empty where it does not say.
    pub fn audience(&self) -> &[String] {
        &self.audience
    }

    /// When the token expires (`exp`).
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// When it was issued (`iat`).
    pub fn issued_at(&self) -> Option<Timestamp> {
        self.issued_at
    }

    /// From when it is valid (`nbf`).
    pub fn not_before(&self) -> Option<Timestamp> {
        self.not_before
    }

    /// The state of the session (`sts`).
    pub fn status(&self) -> SessionStatus {
        self.status
    }

    /// Who acts in the user's name (`act`), if somebody does.
    pub fn actor(&self) -> Option<&Actor> {
        self.actor.as_deref()
    }

    /// The organization that is active, if one is.
    pub fn organization(&self) -> Option<Organization<'_>> {
        let spans = self.organization.as_ref()?;
        let text = |span: Option<Span>| span.map(|span| self.texts.get(span));
        Some(Organization {
            id: self.texts.get(spans.id),
            slug: text(spans.slug),
            role: text(spans.role),
            listed: &self.permissions,
            packed: Packed {
                features: self.texts.get(self.features),
                names: text(spans.names).unwrap_or_default(),
                masks: text(spans.masks).unwrap_or_default(),
            },
        })
    }

    /// Minutes since the first and the second factor were verified (`fva`); -1 where one never was.
    pub fn factor_ages(&self) -> Option<[i64; 2]> {
        self.factor_ages
    }

    /// The features of the user and of the active organization, with what each belongs to.
    pub fn features(&self) -> impl Iterator<Item = (Scope, &str)> {
        features::split(self.texts.get(self.features))
    }

    /// The plans of the user and of the active organization, with what each belongs to.
    pub fn plans(&self) -> impl Iterator<Item = (Scope, &str)> {
        features::split(self.texts.get(self.plans))
    }

    /// The version of the token: 1 or 2.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Every other claim: those that you added to your session tokens.
    pub fn custom(&self) -> &Map<String, Value> {
        &self.custom
    }

    /// The claims that you added to your session tokens, as a type of yours.
    ///
    /// # Errors
    ///
    /// If they do not fit it.
    pub fn custom_as<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        serde_json::from_value(Value::Object(self.custom.clone()))
    }
}

/// The organization that is active in a session.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Organization<'c> {
    /// Its id, as `org_…`.
    pub id: &'c str,
    /// Its slug, if it has one.
    pub slug: Option<&'c str>,
    /// The user's role in it, as `org:admin`.
    pub role: Option<&'c str>,
    listed: &'c [String],
    packed: Packed<'c>,
}

impl Organization<'_> {
    /// The permissions that the role gives, as `org:invoices:read`. Those of the system are never among
    /// them. [`Has::permission`](super::Has::permission) asks for one.
    pub fn permissions(&self) -> Vec<String> {
        let mut permissions = self.packed.list();
        permissions.extend_from_slice(self.listed);
        permissions
    }

    /// Whether `feature:permission` is among them.
    pub(super) fn has_permission(&self, asked: &str) -> bool {
        self.packed.has(asked) || self.listed.iter().any(|own| bare(own) == asked)
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

#[derive(Clone)]
struct OrganizationSpans {
    id: Span,
    slug: Option<Span>,
    role: Option<Span>,
    names: Option<Span>,
    masks: Option<Span>,
}

impl Claims {
    pub(super) fn parse(json: &[u8]) -> Result<Self, TokenError> {
        let mut raw = Raw::parse(json)?;
        let version = raw.version();
        let mut texts = mem::take(&mut raw.registered.texts);
        let (organization, permissions) = match version {
            1 => organization_of_v1(&mut raw, &mut texts)?,
            _ => {
                let compact = raw.compact()?;
                let organization = compact.map(|compact| organization_of_v2(compact, &mut texts));
                (organization.transpose()?, Vec::new())
            }
        };
        let registered = &raw.registered;
        Ok(Self {
            subject: registered
                .sub
                .ok_or_else(|| TokenError::MissingClaim("sub"))?,
            session_id: raw.sid.ok_or_else(|| TokenError::MissingClaim("sid"))?,
            issuer: registered.iss,
            id: registered.jti,
            authorized_party: raw.azp,
            features: raw.fea.unwrap_or_default(),
            plans: raw.pla.unwrap_or_default(),
            organization,
            permissions,
            audience: raw.aud.take().map(|it| it.0).unwrap_or_default(),
            expires_at: instant("exp", registered.exp)?
                .ok_or_else(|| TokenError::MissingClaim("exp"))?,
            issued_at: instant("iat", registered.iat)?,
            not_before: instant("nbf", registered.nbf)?,
            factor_ages: raw.fva,
            version,
            status: SessionStatus::named(raw.sts.map(|span| texts.get(span))),
            actor: actor(raw.act.take().map(|act| act.0))?,
            custom: raw.into_custom(),
            texts,
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
    let millis = millis.ok_or_else(|| TokenError::InvalidClaim(name))?;
    Ok(Some(Timestamp::from_millis(millis)))
}

fn actor(details: Option<Map<String, Value>>) -> Result<Option<Box<Actor>>, TokenError> {
    let Some(mut details) = details else {
        return Ok(None);
    };
    match details.remove("sub") {
        Some(Value::String(subject)) => Ok(Some(Box::new(Actor { subject, details }))),
        _ => Err(TokenError::InvalidClaim("act")),
    }
}

/// The organization, and its permissions, which are listed.
fn organization_of_v1(
    raw: &mut Raw<'_>,
    texts: &mut Texts,
) -> Result<(Option<OrganizationSpans>, Vec<String>), TokenError> {
    let mut text = |name| {
        let text = raw.of_v1::<String>(name);
        text.map(|text| text.map(|text| texts.add(&text)))
    };
    let Some(id) = text("org_id")? else {
        return Ok((None, Vec::new()));
    };
    let organization = OrganizationSpans {
        id,
        slug: text("org_slug")?,
        role: text("org_role")?,
        names: None,
        masks: None,
    };
    let permissions = raw.of_v1("org_permissions")?;
    Ok((Some(organization), permissions.unwrap_or_default()))
}

/// The compact form: the role without its prefix, the permissions as bits of masks.
fn organization_of_v2(
    compact: Compact,
    texts: &mut Texts,
) -> Result<OrganizationSpans, TokenError> {
    Ok(OrganizationSpans {
        id: compact.id.ok_or_else(|| TokenError::MissingClaim("o.id"))?,
        slug: compact.slg,
        role: compact.rol.map(|role| texts.prefix("org:", role)),
        names: compact.per,
        masks: compact.fpm,
    })
}

/// Two that say the same are equal, in whatever order they say it.
impl PartialEq for Claims {
    fn eq(&self, other: &Self) -> bool {
        self.parts() == other.parts()
    }
}

impl Claims {
    fn parts(&self) -> impl PartialEq {
        let text = |span| self.texts.get(span);
        (
            [self.subject, self.session_id, self.features, self.plans].map(text),
            [self.issuer, self.id, self.authorized_party].map(|span| span.map(text)),
            self.organization.as_ref().map(|spans| {
                let others = [spans.slug, spans.role, spans.names, spans.masks];
                (text(spans.id), others.map(|span| span.map(text)))
            }),
            [Some(self.expires_at), self.issued_at, self.not_before],
            (self.version, self.status, self.factor_ages),
            (&self.permissions, &self.audience),
            (&self.actor, &self.custom),
        )
    }
}

impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claims")
            .field("subject", &self.subject())
            .field("session_id", &self.session_id())
            .field("issuer", &self.issuer())
            .field("id", &self.id())
            .field("authorized_party", &self.authorized_party())
            .field("audience", &self.audience)
            .field("expires_at", &self.expires_at)
            .field("issued_at", &self.issued_at)
            .field("not_before", &self.not_before)
            .field("status", &self.status)
            .field("actor", &self.actor)
            .field("organization", &self.organization())
            .field("factor_ages", &self.factor_ages)
            .field("features", &self.texts.get(self.features))
            .field("plans", &self.texts.get(self.plans))
            .field("version", &self.version)
            .field("custom", &self.custom)
            .finish()
    }
}
