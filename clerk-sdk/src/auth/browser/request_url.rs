//! The URL of a request, whose query parameters can be read and removed.

use http::Uri;
use percent_encoding::percent_decode_str;

use crate::auth::http_url::{HttpUrl, Origin};

/// A URL without a fragment, split at its query parameters.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct RequestUrl {
    /// `None` if the request does not name a valid host.
    pub(super) origin: Option<Origin>,
    path: String,
    /// Names and values, decoded.
    query: Vec<(String, String)>,
}

impl RequestUrl {
    /// Combines an origin with the path and query of a URI.
    pub(super) fn new(origin: Option<Origin>, uri: &Uri) -> Self {
        let query = uri.query().unwrap_or_default().split('&');
        Self {
            origin,
            path: uri.path().to_owned(),
            query: query.filter(|it| !it.is_empty()).map(parse_param).collect(),
        }
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// Returns the value of a query parameter, unless it is empty.
    pub(super) fn param(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(own, _)| own == name);
        found
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// Whether the URL has one of these query parameters, empty or not.
    pub(super) fn has_any_param(&self, names: &[&str]) -> bool {
        let mut params = self.query.iter();
        params.any(|(name, _)| names.contains(&name.as_str()))
    }

    /// Returns the URL without some of its query parameters, if the origin is known.
    pub(super) fn without_params(&self, names: &[&str]) -> Option<HttpUrl> {
        let params = self.query.iter();
        let kept = params.filter(|(name, _)| !names.contains(&name.as_str()));
        let url = HttpUrl::new(self.origin.clone()?, &self.path);
        Some(url.with_params(kept))
    }
}

fn parse_param(param: &str) -> (String, String) {
    let decode = |encoded: &str| {
        let encoded = encoded.replace('+', " ");
        percent_decode_str(&encoded)
            .decode_utf8_lossy()
            .into_owned()
    };
    let (name, value) = param.split_once('=').unwrap_or((param, ""));
    (decode(name), decode(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn query_parameters_can_be_read_and_removed() {
        let uri = Uri::from_static("/a%20b?x=1&y=a%26b&z");
        let url = RequestUrl::new(Origin::parse("https://fixed.example"), &uri);
        assert_eq!(url.param("y"), Some("a&b"));
        let without = |names| url.without_params(names).expect("a URL").to_string();
        assert_eq!(without(&["x"]), "https://fixed.example/a%20b?y=a%26b&z=");
        assert_eq!(without(&["x", "y", "z"]), "https://fixed.example/a%20b");
        assert_eq!(RequestUrl::new(None, &uri).without_params(&[]), None);
    }
}
