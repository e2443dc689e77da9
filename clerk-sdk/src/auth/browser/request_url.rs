//! URLs whose query parameters can be read, removed and added.

use http::Uri;
use percent_encoding::percent_decode_str;

/// A URL without a fragment, split at its query parameters.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct RequestUrl {
    /// The scheme and host.
    pub(super) origin: String,
    path: String,
    /// Names and values, decoded.
    query: Vec<(String, String)>,
}

impl RequestUrl {
    /// Combines an origin with the path and query of a URI.
    pub(super) fn new(origin: String, uri: &Uri) -> Self {
        let query = uri.query().unwrap_or_default().split('&');
        Self {
            origin,
            path: uri.path().to_owned(),
            query: query.filter(|it| !it.is_empty()).map(parse_param).collect(),
        }
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

    /// Returns the URL without some of its query parameters.
    pub(super) fn without_params(&self, names: &[&str]) -> String {
        let params = self.query.iter();
        let kept = params.filter(|(name, _)| !names.contains(&name.as_str()));
        with_params(&format!("{}{}", self.origin, self.path), kept)
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

/// Adds query parameters to a URL, which may have some already, and a fragment.
pub(super) fn with_params<'p>(
    url: &str,
    params: impl IntoIterator<Item = &'p (String, String)>,
) -> String {
    let mut query = crate::wire::Query::default();
    for (name, value) in params {
        query.append_pair(name, value);
    }
    let (url, fragment) = url.split_at(url.find('#').unwrap_or(url.len()));
    let separator = if url.contains('?') { '&' } else { '?' };
    match query.as_str() {
        "" => format!("{url}{fragment}"),
        query => format!("{url}{separator}{query}{fragment}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn query_parameters_can_be_read_and_removed() {
        let uri = Uri::from_static("/a%20b?x=1&y=a%26b&z");
        let url = RequestUrl::new("https://fixed.example".to_owned(), &uri);
        assert_eq!(url.param("y"), Some("a&b"));
        assert_eq!(
            url.without_params(&["x"]),
            "https://fixed.example/a%20b?y=a%26b&z="
        );
        assert_eq!(
            url.without_params(&["x", "y", "z"]),
            "https://fixed.example/a%20b"
        );
    }

    #[test]
    fn parameters_are_added_before_the_fragment() {
        let params = [("a".to_owned(), "1".to_owned())];
        for (url, expected) in [
            ("https://a/#/sign-in", "https://a/?a=1#/sign-in"),
            ("https://a/?b=2#/x?y", "https://a/?b=2&a=1#/x?y"),
            ("https://a/x", "https://a/x?a=1"),
        ] {
            assert_eq!(with_params(url, &params), expected);
        }
        assert_eq!(with_params("https://a/#/in", &[]), "https://a/#/in");
    }
}
