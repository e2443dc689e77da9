//! What a session token claims, in both of its versions, as one type.

use std::fmt;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::error::TokenError;
use super::features::{self, Packed, Scope};
use super::raw::{Compact, Raw, Text};
use super::session::SessionStatus;
use crate::Timestamp;

/// What a session token claims.
#[derive(Clone, PartialEq)]
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

/// All texts of a token in one piece of memory: a token is verified for each request.
#[derive(Clone, Default, Eq, PartialEq)]
struct Texts(String);

/// Where a text is among the [`Texts`].
#[derive(Clone, Copy, Eq, PartialEq)]
struct Span(usize, usize);

#[derive(Clone, Eq, PartialEq)]
struct OrganizationSpans {
    id: Span,
    slug: Option<Span>,
    role: Option<Span>,
    names: Option<Span>,
    masks: Option<Span>,
}

impl Texts {
    fn get(&self, Span(start, end): Span) -> &str {
        &self.0[start..end]
    }

    fn add(&mut self, parts: &[&str]) -> Span {
        let start = self.0.len();
        for part in parts {
            self.0.push_str(part);
        }
        Span(start, self.0.len())
    }

    fn keep(&mut self, text: Option<Text<'_>>) -> Option<Span> {
        text.map(|text| self.add(&[&text.0]))
    }
}

impl Claims {
    pub(super) fn parse(json: &[u8]) -> Result<Self, TokenError> {
        let mut raw = Raw::parse(json)?;
        let version = raw.version();
        let mut texts = Texts(String::with_capacity(json.len()));
        let (mut organization, mut permissions) = (None, Vec::new());
        if version == 1 {
            organization = organization_of_v1(&mut raw, &mut texts)?;
            permissions = match organization {
                Some(_) => raw.take("org_permissions")?.unwrap_or_default(),
                None => Vec::new(),
            };
        } else {
            let compact = match raw.compact.take() {
                Some(compact) => Some(compact),
                None => raw.take("o")?,
            };
            if let Some(compact) = compact {
                organization = Some(organization_of_v2(compact, &mut texts)?);
            }
        }
        let status = raw.sts.as_ref().into();
        Ok(Self {
            subject: texts
                .keep(raw.sub.take())
                .ok_or_else(|| TokenError::MissingClaim("sub"))?,
            session_id: texts
                .keep(raw.sid.take())
                .ok_or_else(|| TokenError::MissingClaim("sid"))?,
            issuer: texts.keep(raw.iss.take()),
            id: texts.keep(raw.jti.take()),
            authorized_party: texts.keep(raw.azp.take()),
            features: texts.keep(raw.fea.take()).unwrap_or(Span(0, 0)),
            plans: texts.keep(raw.pla.take()).unwrap_or(Span(0, 0)),
            organization,
            permissions,
            audience: raw.aud.take().map(|it| it.0).unwrap_or_default(),
            expires_at: instant("exp", raw.exp)?.ok_or_else(|| TokenError::MissingClaim("exp"))?,
            issued_at: instant("iat", raw.iat)?,
            not_before: instant("nbf", raw.nbf)?,
            factor_ages: raw.fva.and_then(factor_ages),
            version,
            status,
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

fn organization_of_v1(
    raw: &mut Raw<'_>,
    texts: &mut Texts,
) -> Result<Option<OrganizationSpans>, TokenError> {
    let Some(id) = texts.keep(raw.take("org_id")?) else {
        return Ok(None);
    };
    Ok(Some(OrganizationSpans {
        id,
        slug: texts.keep(raw.take("org_slug")?),
        role: texts.keep(raw.take("org_role")?),
        names: None,
        masks: None,
    }))
}

/// The compact form: the role without its prefix, the permissions as bits of masks.
fn organization_of_v2(
    compact: Compact<'_>,
    texts: &mut Texts,
) -> Result<OrganizationSpans, TokenError> {
    Ok(OrganizationSpans {
        id: texts
            .keep(compact.id)
            .ok_or_else(|| TokenError::MissingClaim("o.id"))?,
        slug: texts.keep(compact.slg),
        role: compact.rol.map(|role| texts.add(&["org:", &role.0])),
        names: texts.keep(compact.per),
        masks: texts.keep(compact.fpm),
    })
}

/// Two ages in minutes; anything else is as if nothing was said, which no check passes.
fn factor_ages(json: &RawValue) -> Option<[i64; 2]> {
    let ages: [i64; 2] = serde_json::from_str(json.get()).ok()?;
    ages.iter().all(|age| *age >= -1).then_some(ages)
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
