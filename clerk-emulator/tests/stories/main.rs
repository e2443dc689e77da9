//! Stories: sequences of calls of each resource. Every successful response is checked against the document.

mod api_keys;
mod billing;
mod enterprise_connections;
mod instance;
mod machines;
mod oauth_applications;
mod organization_domains;
mod organization_invitations;
mod organization_memberships;
mod organization_roles;
mod organizations;
mod redirect_urls;
mod requests;
mod support;
mod webhooks;
