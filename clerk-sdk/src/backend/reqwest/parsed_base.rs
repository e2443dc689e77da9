//! URLs of `reqwest`, derived from the base URL because parsing one takes longer than writing a whole request.

use http::Uri;
use reqwest::Url;

use crate::base_url::BaseUrl;

/// The base URL in the types of `http` and of `reqwest`.
pub(super) struct ParsedBase {
    uri: Uri,
    url: Url,
}

impl ParsedBase {
    pub(super) fn new(base: &BaseUrl) -> Option<Self> {
        Some(Self {
            uri: base.as_str().parse().ok()?,
            url: base.as_str().parse().ok()?,
        })
    }

    /// Converts a URL on the same server; returns `None` if it is on another one.
    pub(super) fn convert(&self, uri: &Uri) -> Option<Url> {
        let is_same = self.uri.authority() == uri.authority() && self.uri.scheme() == uri.scheme();
        is_same.then(|| {
            let mut url = self.url.clone();
            url.set_path(uri.path());
            url.set_query(uri.query());
            url
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{BaseUrl, ParsedBase, Url};

    #[test]
    fn a_converted_url_equals_the_parsed_one() {
        for base in [
            "https://api.clerk.com/v1",
            "https://api.clerk.com:443",
            "http://[::1]:8080/proxy/v1/",
            "https://API.example.com/a%20b",
        ] {
            let checked = BaseUrl::parse(base).expect("a valid base URL");
            let parsed_base = ParsedBase::new(&checked).expect("a valid base URL");
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
                let converted = parsed_base.convert(&url.parse().expect("a valid URL"));
                assert_eq!(converted, Some(parsed), "{url}");
            }
            for other in [
                "https://api.clerk.org/v1",
                "http://api.clerk.com/v1",
                "/v1/users",
            ] {
                let uri = other.parse().expect("a valid URL");
                assert!(parsed_base.convert(&uri).is_none(), "{other} is elsewhere");
            }
        }
    }
}
