//! What a session may do: role, permission, feature, plan, and how lately its user proved who they are.

use std::error::Error;
use std::fmt;

use super::claims::{Claims, bare};
use super::features;

/// A question about a session, part by part. [`check`](Self::check) answers it, and
/// [`require`](Self::require) refuses with what is lacking.
///
/// Every part must hold. A question without any part is answered with no, and so is one that the token
/// does not say enough about.
///
/// ```
/// use clerk_sdk::jwt::{Refusal, Reverification, Session};
///
/// fn delete_invoice(session: &Session) -> Result<(), Refusal> {
///     session
///         .has()
///         .permission("org:invoices:delete")
///         .reverification(Reverification::STRICT)
///         .require()?;
///     // …
///     Ok(())
/// }
/// ```
#[derive(Clone, Debug)]
#[must_use = "`check` and `require` answer the question"]
pub struct Has<'s> {
    claims: &'s Claims,
    is_asked: bool,
    lacking: Option<Refusal>,
}

impl<'s> Has<'s> {
    pub(super) fn new(claims: &'s Claims) -> Self {
        Self {
            claims,
            is_asked: false,
            lacking: None,
        }
    }

    /// Asks for one more part. What is lacking first is what a refusal names.
    fn and(mut self, holds: bool, refusal: impl FnOnce() -> Refusal) -> Self {
        self.is_asked = true;
        if !holds && self.lacking.is_none() {
            self.lacking = Some(refusal());
        }
        self
    }

    /// The user has this role in the active organization: `admin` and `org:admin` are the same.
    pub fn role(self, role: &str) -> Self {
        let organization = self.claims.organization();
        let own = organization.and_then(|it| it.role);
        let asked = bare(role);
        let holds = own.is_some_and(|own| bare(own) == asked && !asked.is_empty());
        self.and(holds, || Refusal::Role(format!("org:{asked}")))
    }

    /// The user's role in the active organization gives this permission: `invoices:read` and
    /// `org:invoices:read` are the same. Permissions of the system are in no token.
    pub fn permission(self, permission: &str) -> Self {
        let organization = self.claims.organization();
        let asked = bare(permission);
        let holds = organization.is_some_and(|it| !asked.is_empty() && it.has_permission(asked));
        self.and(holds, || Refusal::Permission(format!("org:{asked}")))
    }

    /// The user or the active organization has this feature; `org:export` and `user:export` ask for one
    /// of them.
    pub fn feature(self, feature: &str) -> Self {
        let holds = features::has(self.claims.features(), feature);
        self.and(holds, || Refusal::Feature(feature.to_owned()))
    }

    /// The user or the active organization is on this plan; `org:pro` and `user:pro` ask for one of them.
    pub fn plan(self, plan: &str) -> Self {
        let holds = features::has(self.claims.plans(), plan);
        self.and(holds, || Refusal::Plan(plan.to_owned()))
    }

    /// The user has proved who they are as lately as this asks.
    pub fn reverification(self, asked: Reverification) -> Self {
        let ages = self.claims.factor_ages();
        let holds = ages.is_some_and(|ages| asked.holds(ages));
        self.and(holds, || Refusal::Reverification(asked))
    }

    /// Whether every part of the question holds.
    pub fn check(&self) -> bool {
        self.is_asked && self.lacking.is_none()
    }

    /// Passes where every part holds.
    ///
    /// # Errors
    ///
    /// The first part that does not.
    pub fn require(self) -> Result<(), Refusal> {
        match self.lacking {
            Some(refusal) => Err(refusal),
            None if self.is_asked => Ok(()),
            None => Err(Refusal::NothingAsked),
        }
    }
}

/// What a session lacks.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Refusal {
    /// This role, as `org:admin`.
    Role(String),
    /// This permission, as `org:invoices:read`.
    Permission(String),
    /// This feature.
    Feature(String),
    /// This plan.
    Plan(String),
    /// Its user has not proved lately enough who they are.
    Reverification(Reverification),
    /// The question had no part.
    NothingAsked,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Role(role) => write!(f, "this takes the role `{role}`"),
            Self::Permission(permission) => write!(f, "this takes the permission `{permission}`"),
            Self::Feature(feature) => write!(f, "this takes the feature `{feature}`"),
            Self::Plan(plan) => write!(f, "this takes the plan `{plan}`"),
            Self::Reverification(asked) => {
                let (level, minutes) = (asked.level.name(), asked.minutes);
                write!(f, "this takes {level} verified within {minutes} minutes")
            }
            Self::NothingAsked => f.write_str("nothing was asked for, so nothing is granted"),
        }
    }
}

impl Error for Refusal {}

/// Which factors must have been verified.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Level {
    /// The first.
    FirstFactor,
    /// The second; the first where the user has no second.
    SecondFactor,
    /// Both; the first where the user has no second.
    MultiFactor,
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Self::FirstFactor => "a first factor",
            Self::SecondFactor => "a second factor",
            Self::MultiFactor => "both factors",
        }
    }
}

/// How lately a user must have proved who they are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Reverification {
    level: Level,
    minutes: u32,
}

impl Reverification {
    /// Both factors within 10 minutes.
    pub const STRICT_MFA: Self = Self::new(Level::MultiFactor, 10);
    /// The second factor within 10 minutes.
    pub const STRICT: Self = Self::new(Level::SecondFactor, 10);
    /// The second factor within an hour.
    pub const MODERATE: Self = Self::new(Level::SecondFactor, 60);
    /// The second factor within a day.
    pub const LAX: Self = Self::new(Level::SecondFactor, 1440);

    /// Factors of this level within fewer than these minutes. With 0, nothing is recent enough.
    pub const fn new(level: Level, minutes: u32) -> Self {
        Self { level, minutes }
    }

    /// Which factors it asks for.
    pub const fn level(self) -> Level {
        self.level
    }

    /// Within how many minutes.
    pub const fn minutes(self) -> u32 {
        self.minutes
    }

    fn holds(self, [first, second]: [i64; 2]) -> bool {
        let is_fresh = |age: i64| age >= 0 && age < i64::from(self.minutes);
        let has_second = second >= 0;
        match self.level {
            Level::FirstFactor => is_fresh(first),
            Level::SecondFactor if has_second => is_fresh(second),
            Level::MultiFactor if has_second => is_fresh(first) && is_fresh(second),
            Level::SecondFactor | Level::MultiFactor => is_fresh(first),
        }
    }
}
