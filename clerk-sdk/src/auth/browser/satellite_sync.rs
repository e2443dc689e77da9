//! Syncing a satellite domain with its primary domain by redirects between the two.

use super::browser_request::BrowserRequest;
use super::cookie_names::DEV_BROWSER;
use super::handshake;
use super::redirect::redirect;
use super::request_url::RequestUrl;
use super::satellite_config::SatelliteDomain;
use crate::auth::error_reason::AuthErrorReason;
use crate::auth::http_url::HttpUrl;
use crate::auth::request_state::RequestState;

const SYNCED: &str = "__clerk_synced";
const REDIRECT_URL: &str = "__clerk_redirect_url";

/// Returns a state if the domains have to sync before the session cookies are used.
pub(super) fn sync(request: &BrowserRequest<'_>) -> Option<RequestState> {
    match &request.config.satellite {
        Some(satellite) => sync_satellite(request, satellite),
        None if request.is_development() => return_to_satellite(request),
        None => None,
    }
}

fn sync_satellite(
    request: &BrowserRequest<'_>,
    satellite: &SatelliteDomain,
) -> Option<RequestState> {
    let synced = request.url.param(SYNCED);
    if !request.is_document() || synced == Some("true") {
        return None;
    }
    match (synced, request.session_cookies()) {
        (Some("false"), _) => Some(redirect_to_primary(request, satellite)),
        (_, (None, None)) if request.config.syncs_satellite => {
            Some(redirect_to_primary(request, satellite))
        }
        (_, (None, None)) => Some(RequestState::signed_out(AuthErrorReason::NoToken)),
        _ => None,
    }
}

/// Redirects the browser to the primary domain, so that the satellite domain learns whether the user is
/// signed in.
fn redirect_to_primary(request: &BrowserRequest<'_>, satellite: &SatelliteDomain) -> RequestState {
    if !request.is_development() {
        return handshake::start(request, AuthErrorReason::SatelliteNeedsSyncing);
    }
    let return_url = request.url.without_params(&[]);
    let location = return_url.map(|return_url| {
        let params = [(REDIRECT_URL.to_owned(), return_url.to_string())];
        satellite.sign_in_url.clone().with_params(&params)
    });
    redirect(request, AuthErrorReason::SatelliteNeedsSyncing, location)
}

/// Redirects the browser from the primary domain back to the satellite domain, with the browser's credential.
///
/// The target must be an authorized party: anyone can create a link with another target.
fn return_to_satellite(request: &BrowserRequest<'_>) -> Option<RequestState> {
    let target = request.url.param(REDIRECT_URL)?;
    if !request.is_navigation() {
        return None;
    }
    let dev_browser = request.dev_browser()?;
    let origin = HttpUrl::parse(target)?.origin().clone();
    if !request.verifier.is_authorized_party(&origin.to_string()) {
        return None;
    }
    let target = RequestUrl::new(Some(origin), &target.parse().ok()?);
    let params = [
        (DEV_BROWSER.to_owned(), dev_browser.to_owned()),
        (SYNCED.to_owned(), "true".to_owned()),
    ];
    let target = target.without_params(&[SYNCED, DEV_BROWSER]);
    Some(redirect(
        request,
        AuthErrorReason::PrimaryRespondsToSyncing,
        target.map(|target| target.with_params(&params)),
    ))
}
