//! The status of a session (`sts`).

/// The status of a session.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum TokenSessionStatus {
    /// The user is signed in.
    Active,
    /// The user has signed in, but still has to complete a task, such as choosing an organization. A pending
    /// session is treated as signed out unless
    /// [`Verifier::accept_pending`](crate::jwt::Verifier::accept_pending) is set.
    Pending,
    /// A status that this version of the crate does not know. It is treated as signed out.
    Unknown,
}

impl TokenSessionStatus {
    /// A token without the claim is of version 1, which has active sessions only.
    pub(super) fn from_claim(sts: Option<&str>) -> Self {
        match sts {
            None | Some("active") => Self::Active,
            Some("pending") => Self::Pending,
            Some(_) => Self::Unknown,
        }
    }
}
