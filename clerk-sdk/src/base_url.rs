//! The base URL of the API: where the secret key may be sent.

use std::borrow::Cow;
use std::net::IpAddr;

use crate::error::InvalidArgument;

/// A checked base URL without a trailing slash.
#[derive(Clone)]
pub(crate) struct BaseUrl(String);

impl BaseUrl {
    /// Checks a base URL: it must be `https`, or `http` to a loopback address unless plain http is allowed.
    pub(crate) fn parse(url: &str, allow_plain_http: bool) -> Result<Self, InvalidArgument> {
        let invalid = |reason: &'static str| InvalidArgument::new("base_url", reason);
        let uri: http::Uri = url.parse().map_err(|_| invalid("it is not a URL"))?;
        let host = uri.host().ok_or_else(|| invalid("it has no host"))?;
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        if authority.contains('@') {
            return Err(invalid("it contains a user name or password"));
        }
        let port = authority.strip_prefix(host).unwrap_or_default();
        if !port.is_empty() && uri.port_u16().is_none_or(|port| port == 0) {
            return Err(invalid("its port is not a number from 1 to 65535"));
        }
        if uri.query().is_some() || url.contains('#') {
            return Err(invalid("it has a query or a fragment"));
        }
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if allow_plain_http || is_loopback(host) => {}
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
        self.0
            .get(..6)
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("https:"))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Replaces what could be a password in a URL that has not been checked.
pub(crate) fn redacted(url: &str) -> Cow<'_, str> {
    match url.rsplit_once('@') {
        Some((_, rest)) => format!("[redacted]@{rest}").into(),
        None => url.into(),
    }
}

/// Whether the host is this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}
