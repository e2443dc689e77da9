//! Origins and URLs whose scheme is `http` or `https`, so that no other address can get into a redirect.

use std::fmt;
use std::net::Ipv6Addr;

use http::uri::Authority;

use crate::wire::Query;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Scheme {
    Http,
    Https,
}

impl Scheme {
    /// Parses the name of a scheme. Case does not matter.
    pub(super) fn parse(name: &str) -> Option<Self> {
        match name {
            _ if name.eq_ignore_ascii_case("http") => Some(Self::Http),
            _ if name.eq_ignore_ascii_case("https") => Some(Self::Https),
            _ => None,
        }
    }
}

/// An origin: a scheme, a host, and possibly a port.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Origin {
    scheme: Scheme,
    authority: Authority,
}

impl Origin {
    pub(super) fn new(scheme: Scheme, authority: Authority) -> Self {
        Self { scheme, authority }
    }

    pub(super) fn parse(origin: &str) -> Option<Self> {
        let url = HttpUrl::parse(origin)?;
        matches!(&*url.rest, "" | "/").then_some(url.origin)
    }

    /// The host, and the port if there is one.
    pub(super) fn authority(&self) -> &str {
        self.authority.as_str()
    }
}

/// Parses a host with an optional port.
pub(super) fn parse_authority(authority: &str) -> Option<Authority> {
    let authority: Authority = authority.parse().ok()?;
    // A user name before the host fails here, too.
    let port = authority.as_str().strip_prefix(authority.host())?;
    let is_valid = is_host(authority.host()) && (port.is_empty() || authority.port_u16().is_some());
    is_valid.then_some(authority)
}

fn is_host(host: &str) -> bool {
    let bracketed = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    if let Some(address) = bracketed {
        return address.parse::<Ipv6Addr>().is_ok();
    }
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    !host.is_empty() && host.bytes().all(is_allowed)
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.scheme {
            Scheme::Http => "http",
            Scheme::Https => "https",
        };
        write!(f, "{scheme}://{}", self.authority)
    }
}

/// An absolute URL.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct HttpUrl {
    origin: Origin,
    /// Empty, or starts with `/`, `?` or `#`.
    rest: String,
}

impl HttpUrl {
    pub(super) fn parse(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at(end);
        let is_allowed = |byte: u8| byte.is_ascii_graphic() && byte != b'\\';
        if !rest.bytes().all(is_allowed) {
            return None;
        }
        Some(Self {
            origin: Origin::new(Scheme::parse(scheme)?, parse_authority(authority)?),
            rest: rest.to_owned(),
        })
    }

    /// The URL of a path at an origin.
    pub(super) fn new(origin: Origin, path: &str) -> Self {
        let separator = if path.starts_with('/') { "" } else { "/" };
        let rest = format!("{separator}{path}");
        Self { origin, rest }
    }

    pub(super) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Adds a path to this URL, which has neither a query nor a fragment.
    pub(super) fn join(&self, path: &str) -> Self {
        let base = self.rest.trim_end_matches('/');
        Self::new(self.origin.clone(), &format!("{base}{path}"))
    }

    /// Adds query parameters. The URL may have some already, and a fragment.
    pub(super) fn with_params<'p>(
        mut self,
        params: impl IntoIterator<Item = &'p (String, String)>,
    ) -> Self {
        let mut query = Query::default();
        for (name, value) in params {
            query.append_pair(name, value);
        }
        if query.as_str().is_empty() {
            return self;
        }
        let fragment = self.rest.find('#').unwrap_or(self.rest.len());
        let fragment = self.rest.split_off(fragment);
        let separator = if self.rest.contains('?') { '&' } else { '?' };
        self.rest = format!("{}{separator}{}{fragment}", self.rest, query.as_str());
        self
    }

    /// Whether this is the URL of a path at an origin, with any query and fragment.
    pub(super) fn is_at(&self, origin: &Origin, path: &str) -> bool {
        let own = self.rest.split(['?', '#']).next().unwrap_or_default();
        self.origin == *origin && own.trim_end_matches('/') == path.trim_end_matches('/')
    }

    pub(super) fn has_query_or_fragment(&self) -> bool {
        self.rest.contains(['?', '#'])
    }
}

impl fmt::Display for HttpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin, self.rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_http_urls_with_a_host_are_parsed() {
        for url in [
            "https://a.example",
            "http://localhost:3000/x?y#z",
            "https://[::1]:8080/",
            "https://a.example?x=1",
        ] {
            let parsed = HttpUrl::parse(url).map(|it| it.to_string());
            assert_eq!(parsed.as_deref(), Some(url));
        }
        let parsed = HttpUrl::parse("HTTPS://a.example").map(|it| it.to_string());
        assert_eq!(parsed.as_deref(), Some("https://a.example"));
        for url in [
            "",
            "a.example",
            "//a.example",
            "/a",
            "https:/a.example",
            "https://",
            "https:///a",
            "https://:80",
            "https://a:",
            "https://a:b",
            "https://a:99999",
            "https://user@a.example",
            "https://user:password@a.example",
            "https://a.example\\@b.example",
            "https://a.example/\\b",
            "https://a b",
            "https://a,b",
            "https://a%2fb",
            "https://[::x]",
            "https://a/b c",
            "https://a/\r\nx: y",
            "https://\u{e4}.example",
            "javascript://a.example/%0aalert(1)",
            "javascript:alert(1)//https://a.example",
            "ftp://a.example",
            "data:text/html,x",
            "https\n://a.example",
        ] {
            assert_eq!(HttpUrl::parse(url), None, "{url}");
        }
    }

    #[test]
    fn origin_has_no_path() {
        let parse = |origin: &str| Origin::parse(origin).map(|it| it.to_string());
        assert_eq!(
            parse("https://a.example/").as_deref(),
            Some("https://a.example")
        );
        for url in [
            "https://a.example/x",
            "https://a.example?x",
            "https://a.example#x",
        ] {
            assert_eq!(parse(url), None, "{url}");
        }
    }

    #[test]
    fn parameters_are_added_before_the_fragment() {
        let params = [("a".to_owned(), "1".to_owned())];
        let with_params = |url: &str, params: &[(String, String)]| {
            let url = HttpUrl::parse(url).expect("a URL");
            url.with_params(params).to_string()
        };
        for (url, expected) in [
            ("https://a/#/sign-in", "https://a/?a=1#/sign-in"),
            ("https://a/?b=2#/x?y", "https://a/?b=2&a=1#/x?y"),
            ("https://a/x", "https://a/x?a=1"),
            ("https://a", "https://a?a=1"),
        ] {
            assert_eq!(with_params(url, &params), expected);
        }
        assert_eq!(with_params("https://a/#/in", &[]), "https://a/#/in");
    }
}
