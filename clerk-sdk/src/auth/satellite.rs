//! Satellite domains, which leave signing in to a primary domain, and what is said between the two.

use std::error::Error;
use std::fmt;

use super::browser::{DEV_BROWSER, Visit};
use super::handshake;
use super::incoming::{Address, pairs, with_query};
use super::state::{Reason, RequestState};

const SYNCED: &str = "__clerk_synced";
const REDIRECT_URL: &str = "__clerk_redirect_url";

/// A domain that leaves signing in to another.
#[derive(Clone, Debug)]
pub(super) struct Satellite {
    pub(super) domain: String,
    sign_in_url: String,
}

impl Satellite {
    pub(super) fn new(domain: String, sign_in_url: String) -> Result<Self, InvalidSatellite> {
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':');
        if domain.is_empty() || !domain.bytes().all(is_part) {
            return Err(InvalidSatellite(
                "its domain is a host, such as `satellite.example`, without `https://` or a path",
            ));
        }
        let uri = sign_in_url.parse::<http::Uri>().ok();
        let is_absolute = |uri: &http::Uri| matches!(uri.scheme_str(), Some("https" | "http"));
        match uri.as_ref().filter(|it| is_absolute(it)) {
            None => Err(InvalidSatellite(
                "the address of the sign-in page is not whole: it starts with `https://`",
            )),
            Some(uri) if uri.authority().is_some_and(|it| *it == *domain) => Err(InvalidSatellite(
                "the sign-in page is the primary domain's, and this one is the satellite's own",
            )),
            Some(_) => Ok(Self {
                domain,
                sign_in_url,
            }),
        }
    }
}

/// Why the settings of a satellite domain are none.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct InvalidSatellite(&'static str);

impl fmt::Display for InvalidSatellite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "this is no satellite: {}", self.0)
    }
}

impl Error for InvalidSatellite {}

impl Visit<'_> {
    /// What the two domains have to say to each other before cookies count.
    pub(super) fn sync_domains(&self) -> Option<RequestState> {
        match &self.settings.satellite {
            Some(satellite) => self.sync_satellite(satellite),
            None if self.is_development() => self.answer_satellite(),
            None => None,
        }
    }

    fn sync_satellite(&self, satellite: &Satellite) -> Option<RequestState> {
        let synced = self.address.param(SYNCED);
        if !self.is_document() || synced == Some("true") {
            return None;
        }
        match (synced, self.chosen()) {
            (Some("false"), _) => Some(self.ask_primary(satellite)),
            (_, (None, None)) if self.settings.syncs_satellite => Some(self.ask_primary(satellite)),
            (_, (None, None)) => Some(RequestState::signed_out(Reason::NoToken)),
            _ => None,
        }
    }

    /// A satellite learns from the primary domain whether the user is signed in.
    fn ask_primary(&self, satellite: &Satellite) -> RequestState {
        if !self.is_development() {
            return self.handshake(Reason::SatelliteNeedsSyncing);
        }
        let params = [(REDIRECT_URL.to_owned(), self.address.without(&[]))];
        let location = with_query(&satellite.sign_in_url, &params);
        handshake::send(self, Reason::SatelliteNeedsSyncing, &location)
    }

    /// The primary domain sends a browser back to the satellite that it came from, with the credential
    /// of the browser. Only to origins that were named as authorized parties: anybody can write the link.
    fn answer_satellite(&self) -> Option<RequestState> {
        let target = self.address.param(REDIRECT_URL)?;
        if !self.is_navigation() {
            return None;
        }
        let credential = self.dev_browser()?;
        let uri: http::Uri = target.parse().ok()?;
        let origin = format!("{}://{}", uri.scheme_str()?, uri.authority()?);
        if !self.settings.verifier.is_authorized_party(&origin) {
            return None;
        }
        let params = [
            (DEV_BROWSER.to_owned(), credential.to_owned()),
            (SYNCED.to_owned(), "true".to_owned()),
        ];
        let target = Address {
            origin,
            path: uri.path().to_owned(),
            query: pairs(uri.query()),
        };
        let location = with_query(&target.without(&[SYNCED, DEV_BROWSER]), &params);
        Some(handshake::send(
            self,
            Reason::PrimaryRespondsToSyncing,
            &location,
        ))
    }
}
