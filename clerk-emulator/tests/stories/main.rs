//! Stories: sequences of calls of each resource. Every successful response is checked against the document.

mod contacts;
mod identifier_lists;
mod invitations;
mod jwt_templates;
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
mod users;
mod waitlist_entries;
