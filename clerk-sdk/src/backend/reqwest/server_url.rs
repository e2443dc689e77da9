//! URLs of `reqwest`, derived from that of the first request because parsing one takes longer than writing a whole request.

use http::Uri;
use reqwest::Url;

use crate::base_url::is_loopback;

/// The URL of a server in the types of `http` and of `reqwest`.
pub(super) struct ServerUrl {
    uri: Uri,
    url: Url,
    is_loopback: bool,
}

impl ServerUrl {
    pub(super) fn new(uri: &Uri) -> Option<Self> {
        Some(Self {
            uri: uri.clone(),
            url: uri.to_string().parse().ok()?,
            is_loopback: uri.host().is_some_and(is_loopback),
        })
    }

    /// Whether a URL is on this server.
    pub(super) fn contains(&self, uri: &Uri) -> bool {
        self.uri.authority() == uri.authority() && self.uri.scheme() == uri.scheme()
    }

    /// Whether the server is on this machine.
    pub(super) fn is_loopback(&self) -> bool {
        self.is_loopback
    }

    /// Converts a URL on this server.
    pub(super) fn convert(&self, uri: &Uri) -> Url {
        let mut url = self.url.clone();
        url.set_path(uri.path());
        url.set_query(uri.query());
        url
    }
}

#[cfg(test)]
mod tests {
    use super::{ServerUrl, Url};

    #[test]
    fn a_converted_url_equals_the_parsed_one() {
        for base in [
            "https://api.clerk.com/v1",
            "https://api.clerk.com:443",
            "http://[::1]:8080/proxy/v1/",
            "https://API.example.com/a%20b",
        ] {
            let first = format!("{base}/users?limit=1");
            let first = first.parse().expect("a valid URL");
            let server = ServerUrl::new(&first).expect("a valid URL");
            for rest in [
                "",
                "/users",
                "/users/a%2Fb%3F%23",
                "/users/%2E%2Ex",
                "/a?b=c&d=%26",
                "/a?",
                "//a",
            ] {
                let url = format!("{}{rest}", base.trim_end_matches('/'));
                let parsed: Url = url.parse().expect("a valid URL");
                let uri = url.parse().expect("a valid URL");
                assert!(server.contains(&uri), "{url}");
                assert_eq!(server.convert(&uri), parsed, "{url}");
            }
            for other in [
                "https://api.clerk.org/v1",
                "http://api.clerk.com/v1",
                "/v1/users",
            ] {
                let uri = other.parse().expect("a valid URL");
                assert!(!server.contains(&uri), "{other} is elsewhere");
            }
        }
    }
}
