//! The session of a user, as a test describes it.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};

use super::compact_permissions::{CompactPermissions, encode_plans};
use crate::jwt::{Claims, SessionAuth};
use crate::wire::IntoList;

/// How long before its issue a token becomes valid: Clerk's default.
const CLOCK_SKEW_SECONDS: u64 = 10;

/// The session of a user, for tests: see the [module documentation](super).
///
/// Unless you change them, its claims are those of a user without an organization who has just signed in:
///
/// | claim | default |
/// |---|---|
/// | `sid` | `sess_test` |
/// | `iss` | `https://clerk.example.com` |
/// | `azp` | `http://localhost:3000` |
/// | `iat` | the time at which [`TestSession::new`] was called, so that a session always has the same claims |
/// | `exp` | an hour later, so that slow tests do not fail |
/// | `sts` | `active` |
/// | `fva` | the first factor was verified just now, and there is no second factor |
#[derive(Clone, Debug)]
#[must_use = "a setter returns the changed value: assign it, or pass it on"]
pub struct TestSession {
    organization: Option<Organization>,
    permissions: Vec<String>,
    features: Vec<String>,
    plans: Vec<String>,
    issued_at: SystemTime,
    lifetime: Duration,
    factor_ages: [Option<Duration>; 2],
    /// The other claims. They replace those that are computed of the fields above.
    claims: Map<String, Value>,
}

#[derive(Clone, Debug)]
struct Organization {
    id: String,
    role: String,
    slug: Option<String>,
}

impl TestSession {
    /// Describes a session of a user without an organization.
    pub fn new(user_id: impl Into<String>) -> Self {
        let session = Self {
            organization: None,
            permissions: Vec::new(),
            features: Vec::new(),
            plans: Vec::new(),
            issued_at: SystemTime::now(),
            lifetime: Duration::from_secs(60 * 60),
            factor_ages: [Some(Duration::ZERO), None],
            claims: Map::new(),
        };
        session
            .claim("sub", user_id.into())
            .claim("sid", "sess_test")
            .claim("iss", "https://clerk.example.com")
            .claim("azp", "http://localhost:3000")
            .claim("sts", "active")
            .claim("v", 2)
    }

    /// Sets the active organization and the user's role in it, such as `admin` or `org:admin`.
    pub fn organization(mut self, id: impl Into<String>, role: impl Into<String>) -> Self {
        self.organization = Some(Organization {
            id: id.into(),
            role: role.into(),
            slug: None,
        });
        self
    }

    /// Sets the active organization and the user's role in it, with the slug of the organization.
    pub fn organization_with_slug(
        mut self,
        id: impl Into<String>,
        slug: impl Into<String>,
        role: impl Into<String>,
    ) -> Self {
        self.organization = Some(Organization {
            id: id.into(),
            role: role.into(),
            slug: Some(slug.into()),
        });
        self
    }

    /// Adds permissions of the role in the active organization, such as `org:invoices:read`. The organization gets
    /// their features.
    pub fn permissions(mut self, names: impl IntoList<String>) -> Self {
        self.permissions.extend(names.into_list());
        self
    }

    /// Adds features of the organization or the user: `org:export` or `user:export`. Without a prefix, they belong to
    /// the organization if there is one.
    pub fn features(mut self, slugs: impl IntoList<String>) -> Self {
        self.features.extend(slugs.into_list());
        self
    }

    /// Adds a plan of the organization or the user, as in [`features`](Self::features).
    pub fn plan(mut self, slug: impl Into<String>) -> Self {
        self.plans.push(slug.into());
        self
    }

    /// Sets the id of the session.
    pub fn session_id(self, id: impl Into<String>) -> Self {
        self.claim("sid", id.into())
    }

    /// Sets the issuer: the Frontend API URL of an instance.
    pub fn issuer(self, url: impl Into<String>) -> Self {
        self.claim("iss", url.into())
    }

    /// Sets the origin that requested the token, which your authorized parties must include.
    pub fn authorized_party(self, origin: impl Into<String>) -> Self {
        self.claim("azp", origin.into())
    }

    /// Sets the audience.
    pub fn audience(self, audience: impl Into<String>) -> Self {
        self.claim("aud", audience.into())
    }

    /// Makes the session one in which `actor` impersonates the user.
    pub fn impersonated_by(self, actor: impl Into<String>) -> Self {
        self.claim("act", json!({ "sub": actor.into() }))
    }

    /// Makes the session pending: its user has to complete a task, such as choosing an organization.
    pub fn pending(self) -> Self {
        self.claim("sts", "pending")
    }

    /// Sets how long ago the user has verified the first factor and the second, in whole minutes; `None` for never.
    pub fn factor_ages(mut self, first: Option<Duration>, second: Option<Duration>) -> Self {
        self.factor_ages = [first, second];
        self
    }

    /// Sets the time at which the token was issued, for tests with a [clock](crate::jwt::Verifier::clock) of their own.
    pub fn issued_at(mut self, time: SystemTime) -> Self {
        self.issued_at = time;
        self
    }

    /// Sets how long after its issue the token expires.
    pub fn lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// Makes the token one that expired an hour ago.
    pub fn expired(self) -> Self {
        let hour = Duration::from_secs(60 * 60);
        let expired_at = SystemTime::now() - hour;
        self.issued_at(expired_at - hour).lifetime(hour)
    }

    /// Adds a custom claim, or replaces any other claim. [`Null`](Value::Null) counts as absent.
    pub fn claim(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.claims.insert(name.into(), value.into());
        self
    }

    /// Returns the session as handlers receive it, without a token.
    ///
    /// Nothing is verified: the session may be [expired](Self::expired) or [pending](Self::pending).
    ///
    /// # Panics
    ///
    /// Panics if the session cannot exist, for example because it has permissions but no organization.
    pub fn auth(&self) -> SessionAuth {
        let claims = Claims::parse(self.claims().to_string().as_bytes());
        let claims = claims.unwrap_or_else(|error| panic!("not the claims of a session: {error}"));
        SessionAuth::new(Arc::new(claims))
    }

    /// Returns the claims of the token, to sign them with a key of your own.
    ///
    /// # Panics
    ///
    /// Panics if the session cannot exist, for example because it has permissions but no organization.
    pub fn claims(&self) -> Value {
        let issued_at = unix_seconds(self.issued_at);
        let mut claims = json!({
            "iat": issued_at,
            "nbf": issued_at.saturating_sub(CLOCK_SKEW_SECONDS),
            "exp": issued_at.saturating_add(self.lifetime.as_secs()),
            "fva": self.factor_ages.map(minutes),
        });
        let has_org = self.organization.is_some();
        assert!(
            has_org || self.permissions.is_empty(),
            "the session has permissions, but no organization"
        );
        let compact = CompactPermissions::encode(&self.features, &self.permissions, has_org);
        if let Some(organization) = &self.organization {
            claims["o"] = organization.compact_claim(&compact);
        }
        if !compact.features.is_empty() {
            claims["fea"] = compact.features.into();
        }
        if !self.plans.is_empty() {
            claims["pla"] = encode_plans(&self.plans, has_org).into();
        }
        for (name, value) in &self.claims {
            claims[name] = value.clone();
        }
        claims
    }
}

impl Organization {
    fn compact_claim(&self, permissions: &CompactPermissions) -> Value {
        let role = self.role.strip_prefix("org:").unwrap_or(&self.role);
        let mut claim = json!({ "id": self.id, "rol": role });
        if let Some(slug) = &self.slug {
            claim["slg"] = json!(slug);
        }
        if !permissions.names.is_empty() {
            claim["per"] = json!(permissions.names);
            claim["fpm"] = json!(permissions.masks);
        }
        claim
    }
}

/// The age of a factor in minutes, -1 if it was never verified.
fn minutes(age: Option<Duration>) -> i64 {
    age.map_or(-1, |age| {
        i64::try_from(age.as_secs() / 60).unwrap_or(i64::MAX)
    })
}

pub(super) fn unix_seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs()
}
