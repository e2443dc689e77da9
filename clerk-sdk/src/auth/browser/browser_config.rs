//! The part of an authenticator's configuration that concerns browsers.

use std::sync::Arc;

use super::browser_calls::BrowserCalls;
use super::organization_sync::OrganizationSync;
use super::public_origin::PublicOrigin;
use super::satellite_config::SatelliteDomain;
use super::used_handshakes::UsedHandshakes;
use crate::auth::http_url::HttpUrl;
use crate::auth::unverified_calls::CallBudget;
use crate::config::ClientHandle;

#[derive(Clone)]
pub(in crate::auth) struct BrowserConfig {
    /// Calls Clerk for handshakes and refreshes. It is created once, because anyone can send requests that
    /// need it.
    pub(in crate::auth) handle: ClientHandle,
    pub(in crate::auth) public_origin: PublicOrigin,
    /// The URL of a proxy for the Frontend API.
    pub(in crate::auth) proxy_url: Option<HttpUrl>,
    pub(in crate::auth) satellite: Option<SatelliteDomain>,
    /// Whether a satellite domain checks every browser without session cookies with the primary domain.
    pub(in crate::auth) syncs_satellite: bool,
    pub(in crate::auth) organization_sync: Option<OrganizationSync>,
    /// Limits those calls.
    pub(in crate::auth) calls: Arc<BrowserCalls>,
    /// Shared by all authenticators that are configured from the same one.
    pub(super) used_handshakes: Arc<UsedHandshakes>,
}

impl BrowserConfig {
    pub(in crate::auth) fn new(handle: ClientHandle, budget: Arc<CallBudget>) -> Self {
        Self {
            handle,
            public_origin: PublicOrigin::default(),
            proxy_url: None,
            satellite: None,
            syncs_satellite: false,
            organization_sync: None,
            calls: Arc::new(BrowserCalls::new(budget)),
            used_handshakes: Arc::default(),
        }
    }
}
