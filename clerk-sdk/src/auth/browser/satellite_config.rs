//! The configuration of a satellite domain, whose users sign in on a primary domain.

use crate::auth::http_url::{HttpUrl, Origin, Scheme, parse_authority};
use crate::error::InvalidArgument;

#[derive(Clone, Debug)]
pub(in crate::auth) struct SatelliteDomain {
    frontend_api: Origin,
    pub(super) sign_in_url: HttpUrl,
}

impl SatelliteDomain {
    pub(in crate::auth) fn new(domain: &str, sign_in_url: &str) -> Result<Self, InvalidArgument> {
        let frontend_api = match parse_authority(domain) {
            Some(_) => parse_authority(&format!("clerk.{domain}")),
            None => None,
        };
        let Some(frontend_api) = frontend_api else {
            return Err(InvalidArgument::new(
                "domain",
                "it must be a host such as `satellite.example`, without `https://` or a path",
            ));
        };
        match HttpUrl::parse(sign_in_url) {
            None => Err(InvalidArgument::new(
                "sign_in_url",
                "it must be absolute, such as `https://example.com/sign-in`",
            )),
            Some(url) if url.origin().authority().eq_ignore_ascii_case(domain) => {
                Err(InvalidArgument::new(
                    "sign_in_url",
                    "it must be on the primary domain, not on the satellite domain",
                ))
            }
            Some(sign_in_url) => Ok(Self {
                frontend_api: Origin::new(Scheme::Https, frontend_api),
                sign_in_url,
            }),
        }
    }

    /// The host of the Frontend API of the domain in production, which issues its tokens.
    pub(super) fn frontend_api_host(&self) -> &str {
        self.frontend_api.authority()
    }

    /// The URL of the Frontend API of the domain in production.
    pub(super) fn frontend_api(&self) -> HttpUrl {
        HttpUrl::new(self.frontend_api.clone(), "")
    }
}
