//! The resources that the emulator keeps state for, and what their operations share: pagination, sorting and metadata.

mod copy_fields;
mod deletion;
mod identifiers;
mod image;
pub(crate) mod invitations;
mod metadata;
pub(crate) mod organization_invitations;
pub(crate) mod organization_memberships;
pub(crate) mod organizations;
pub(crate) mod pagination;
pub(crate) mod seeded_users;
mod sorting;
mod user_filter;
pub(crate) mod users;
