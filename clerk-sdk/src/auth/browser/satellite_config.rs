//! The configuration of a satellite domain, whose users sign in on a primary domain.

use std::error::Error;
use std::fmt;

#[derive(Clone, Debug)]
pub(in crate::auth) struct SatelliteDomain {
    pub(super) domain: String,
    pub(super) sign_in_url: String,
}

impl SatelliteDomain {
    pub(in crate::auth) fn new(
        domain: String,
        sign_in_url: String,
    ) -> Result<Self, InvalidSatellite> {
        let is_allowed =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':');
        if domain.is_empty() || !domain.bytes().all(is_allowed) {
            return Err(InvalidSatellite(
                "the domain must be a host such as `satellite.example`, without `https://` or a path",
            ));
        }
        let uri = sign_in_url.parse::<http::Uri>().ok();
        let is_absolute = |uri: &http::Uri| matches!(uri.scheme_str(), Some("https" | "http"));
        match uri.as_ref().filter(|it| is_absolute(it)) {
            None => Err(InvalidSatellite(
                "the sign-in URL must be absolute, such as `https://example.com/sign-in`",
            )),
            Some(uri) if uri.authority().is_some_and(|it| *it == *domain) => Err(InvalidSatellite(
                "the sign-in URL must be on the primary domain, not on the satellite domain",
            )),
            Some(_) => Ok(Self {
                domain,
                sign_in_url,
            }),
        }
    }
}

/// The error returned for an invalid satellite configuration.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct InvalidSatellite(&'static str);

impl fmt::Display for InvalidSatellite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invalid satellite domain: {}", self.0)
    }
}

impl Error for InvalidSatellite {}
