//! The base URL of the API: where the secret key may be sent.

use std::net::IpAddr;

use crate::error::InvalidArgument;

/// A checked base URL without a trailing slash.
#[derive(Clone)]
pub(crate) struct BaseUrl(String);

impl BaseUrl {
    /// Checks a base URL: it must be `https`, or `http` to a loopback address.
    pub(crate) fn parse(url: &str) -> Result<Self, InvalidArgument> {
        let invalid = |reason: &'static str| InvalidArgument::new("base_url", reason);
        let uri: http::Uri = url.parse().map_err(|_| invalid("it is not a URL"))?;
        let host = uri.host().ok_or_else(|| invalid("it has no host"))?;
        if uri
            .authority()
            .is_some_and(|authority| authority.as_str().contains('@'))
        {
            return Err(invalid("it contains a user name or password"));
        }
        if uri.query().is_some() || url.contains('#') {
            return Err(invalid("it has a query or a fragment"));
        }
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if is_loopback(host) => {}
            Some("http") => {
                return Err(invalid(
                    "plain http would send the key in the clear; use https",
                ));
            }
            _ => return Err(invalid("it starts with neither https:// nor http://")),
        }
        Ok(Self(url.trim_end_matches('/').to_owned()))
    }

    pub(crate) fn is_https(&self) -> bool {
        self.0.starts_with("https:")
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}
