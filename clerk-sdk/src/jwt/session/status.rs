//! The status of a session (`sts`).

use crate::UnknownValue;
use crate::wire::open_enum;

/// The status of a session.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum TokenSessionStatus {
    /// The user is signed in.
    Active,
    /// The user has signed in, but still has to complete a task, such as choosing an organization. A pending
    /// session is treated as signed out unless
    /// [`Verifier::accept_pending`](crate::jwt::Verifier::accept_pending) is set.
    Pending,
    /// A status that this version of the crate does not know. It is treated as signed out.
    Unknown(UnknownValue),
}

open_enum!(TokenSessionStatus else Unknown {
    Active = "active",
    Pending = "pending",
});

impl TokenSessionStatus {
    /// A token without the claim is of version 1, which has active sessions only.
    pub(super) fn from_claim(sts: Option<&str>) -> Self {
        sts.map_or(Self::Active, Self::from)
    }
}
