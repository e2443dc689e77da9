//! The tables of all resources: what their records have, and how members are computed and records found by others.
//!
//! Nothing here changes the state; the rules do.

pub(crate) mod active_plans;
pub(crate) mod billing;
pub(crate) mod contact_format;
pub(crate) mod contacts;
pub(crate) mod credentials;
pub(crate) mod directories;
pub(crate) mod domains;
pub(crate) mod enterprise_connections;
pub(crate) mod identifier_lists;
pub(crate) mod invitations;
pub(crate) mod jwt_templates;
pub(crate) mod machines;
pub(crate) mod oauth_applications;
pub(crate) mod organization_domains;
pub(crate) mod organization_invitations;
pub(crate) mod organization_memberships;
pub(crate) mod organization_permissions;
pub(crate) mod organization_records;
pub(crate) mod organization_roles;
pub(crate) mod organizations;
pub(crate) mod public_user_data;
pub(crate) mod redirect_urls;
pub(crate) mod role_sets;
pub(crate) mod sessions;
pub(crate) mod settings;
pub(crate) mod sign_in_links;
pub(crate) mod sign_ups;
pub(crate) mod subscription_items;
pub(crate) mod templates;
pub(crate) mod user_accounts;
pub(crate) mod users;
pub(crate) mod waitlist_entries;
