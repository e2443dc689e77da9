//! Authorization checks of a session: role, permission, feature, plan, reverification.

use std::error::Error;
use std::fmt;

use super::claims::Claims;
use super::features_and_plans;
use super::permissions::without_org_prefix;
use super::reverification::Reverification;

/// An authorization check of a session, built from one or more conditions. [`is_granted`](Self::is_granted) returns whether
/// all of them hold, and [`require`](Self::require) returns the first that does not as an error.
///
/// A check without conditions fails, and so does a condition about which the token says nothing.
///
/// ```
/// use clerk_sdk::jwt::{AuthorizationError, Reverification, SessionAuth};
///
/// fn delete_invoice(session: &SessionAuth) -> Result<(), AuthorizationError> {
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
#[must_use = "a check does nothing until `is_granted` or `require` is called"]
pub struct AuthorizationCheck<'s> {
    claims: &'s Claims,
    has_conditions: bool,
    first_failure: Option<AuthorizationError>,
}

impl<'s> AuthorizationCheck<'s> {
    pub(super) fn new(claims: &'s Claims) -> Self {
        Self {
            claims,
            has_conditions: false,
            first_failure: None,
        }
    }

    fn and(mut self, holds: bool, refusal: impl FnOnce() -> AuthorizationError) -> Self {
        self.has_conditions = true;
        if !holds && self.first_failure.is_none() {
            self.first_failure = Some(refusal());
        }
        self
    }

    /// Requires this role in the active organization. `admin` and `org:admin` are the same role.
    pub fn role(self, role: &str) -> Self {
        let own = self.claims.organization().and_then(|it| it.role);
        let role = without_org_prefix(role);
        let holds = !role.is_empty() && own.is_some_and(|own| without_org_prefix(own) == role);
        self.and(holds, || AuthorizationError::Role(format!("org:{role}")))
    }

    /// Requires a role in the active organization that has this permission. `invoices:read` and
    /// `org:invoices:read` are the same permission. Tokens do not contain system permissions.
    pub fn permission(self, permission: &str) -> Self {
        let organization = self.claims.organization();
        let permission = without_org_prefix(permission);
        let holds = !permission.is_empty()
            && organization.is_some_and(|organization| organization.has_permission(permission));
        self.and(holds, || {
            AuthorizationError::Permission(format!("org:{permission}"))
        })
    }

    /// Requires that the user or the active organization has this feature. `org:export` and `user:export` check
    /// only one of them.
    pub fn feature(self, feature: &str) -> Self {
        let holds = features_and_plans::contains(self.claims.features(), feature);
        self.and(holds, || AuthorizationError::Feature(feature.to_owned()))
    }

    /// Requires that the user or the active organization is on this plan. `org:pro` and `user:pro` check only one
    /// of them.
    pub fn plan(self, plan: &str) -> Self {
        let holds = features_and_plans::contains(self.claims.plans(), plan);
        self.and(holds, || AuthorizationError::Plan(plan.to_owned()))
    }

    /// Requires that the user has verified their factors recently.
    pub fn reverification(self, required: Reverification) -> Self {
        let ages = self.claims.factor_ages();
        let holds = ages.is_some_and(|ages| required.is_met_by(ages));
        self.and(holds, || AuthorizationError::Reverification(required))
    }

    /// Returns whether all conditions hold.
    pub fn is_granted(&self) -> bool {
        self.has_conditions && self.first_failure.is_none()
    }

    /// Returns `Ok` if all conditions hold.
    ///
    /// # Errors
    ///
    /// Returns the first condition that does not hold.
    pub fn require(self) -> Result<(), AuthorizationError> {
        match self.first_failure {
            Some(refusal) => Err(refusal),
            None if self.has_conditions => Ok(()),
            None => Err(AuthorizationError::NothingAsked),
        }
    }
}

/// The condition that a session does not meet.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum AuthorizationError {
    /// The user lacks this role, such as `org:admin`.
    Role(String),
    /// The user lacks this permission, such as `org:invoices:read`.
    Permission(String),
    /// Neither the user nor the organization has this feature.
    Feature(String),
    /// Neither the user nor the organization is on this plan.
    Plan(String),
    /// The user has not verified their factors recently enough.
    Reverification(Reverification),
    /// The check had no condition.
    NothingAsked,
}

impl fmt::Display for AuthorizationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Role(role) => write!(f, "the role `{role}` is required"),
            Self::Permission(permission) => {
                write!(f, "the permission `{permission}` is required")
            }
            Self::Feature(feature) => write!(f, "the feature `{feature}` is required"),
            Self::Plan(plan) => write!(f, "the plan `{plan}` is required"),
            Self::Reverification(required) => {
                let (level, minutes) = (required.level().description(), required.minutes());
                write!(
                    f,
                    "verification of {level} within {minutes} minutes is required"
                )
            }
            Self::NothingAsked => f.write_str("the check has no condition, so access is denied"),
        }
    }
}

impl Error for AuthorizationError {}
