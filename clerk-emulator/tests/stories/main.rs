//! Stories: sequences of calls of each resource. Every successful response is checked against the document.

mod api_keys;
mod api_versions;
mod billing;
mod contacts;
mod enterprise_connections;
mod identifier_lists;
mod instance;
mod invitations;
mod jwt_templates;
mod machines;
mod oauth_applications;
mod organization_domains;
mod organization_invitations;
mod organization_memberships;
mod organization_roles;
mod organizations;
mod organizations_of_users;
#[cfg(feature = "page")]
mod page;
mod redirect_urls;
mod requests;
mod sessions;
mod sign_in_links;
mod sign_ups;
mod support;
mod templates;
mod token_refresh;
mod tokens;
mod user_accounts;
mod user_credentials;
mod user_lists;
mod user_moderation;
mod user_profiles;
mod users;
mod waitlist_entries;
mod webhooks;
