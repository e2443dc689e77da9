//! The state of one instance: everything that a secret key gives access to.

use serde_json::Value;

/// The objects of an instance, each list in order of creation.
#[derive(Default)]
pub(crate) struct Instance {
    pub(crate) users: Vec<Value>,
    /// The number of users that are generated on demand.
    pub(crate) seeded_users: usize,
    pub(crate) organizations: Vec<Value>,
    pub(crate) memberships: Vec<Value>,
    pub(crate) invitations: Vec<Value>,
    pub(crate) organization_invitations: Vec<Value>,
}
