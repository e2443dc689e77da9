//! Requests of browsers: session cookies, and Clerk's protocol to renew them.

mod authentication_flow;
mod browser_calls;
mod browser_config;
mod browser_request;
mod cookie_names;
mod cookie_suffix;
mod handshake;
mod organization_sync;
mod path_pattern;
mod public_origin;
mod redirect;
mod refresh;
mod refresh_failure;
mod request_cookies;
mod request_url;
mod satellite_config;
mod satellite_sync;
mod sensitive_header;
mod set_cookie;
mod sign_in_page;
mod used_handshakes;

pub(super) use authentication_flow::{authenticate_cookies, on_rejected_token};
pub(super) use browser_calls::BrowserCalls;
pub(super) use browser_config::BrowserConfig;
pub(super) use browser_request::BrowserRequest;
pub use organization_sync::OrganizationSync;
pub(super) use satellite_config::SatelliteDomain;
pub(crate) use sign_in_page::SignInPage;
