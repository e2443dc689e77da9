//! The origin at which browsers reach this server, which may differ from the address that it listens on.

use http::header::HOST;
use http::request::Parts;

use crate::auth::http_url::{Origin, Scheme, parse_authority};

/// How to determine the origin of a request.
#[derive(Clone, Debug, Default)]
pub(in crate::auth) struct PublicOrigin {
    /// The origin of every request, whatever its headers say.
    pub(in crate::auth) fixed: Option<Origin>,
    pub(in crate::auth) trusts_forwarded_headers: bool,
    /// Whether the default scheme is `http`.
    pub(in crate::auth) is_development: bool,
}

impl PublicOrigin {
    /// Returns the origin of a request, or `None` if the request does not name a valid host.
    pub(in crate::auth) fn of(&self, parts: &Parts) -> Option<Origin> {
        if self.fixed.is_some() {
            return self.fixed.clone();
        }
        let header = |name: &str| parts.headers.get(name)?.to_str().ok();
        let forwarded = |name: &str| {
            let value = header(name).filter(|_| self.trusts_forwarded_headers)?;
            value.split(',').next().map(str::trim)
        };
        let own = parts.uri.authority().map(http::uri::Authority::as_str);
        let authority = forwarded("x-forwarded-host")
            .and_then(parse_authority)
            .or_else(|| own.and_then(parse_authority))
            .or_else(|| header(HOST.as_str()).and_then(parse_authority))?;
        let scheme = forwarded("x-forwarded-proto").and_then(Scheme::parse);
        Some(Origin::new(
            scheme.unwrap_or_else(|| self.own_scheme(parts)),
            authority,
        ))
    }

    /// The scheme of a request without forwarded headers.
    ///
    /// In production it is always `https`: a proxy that terminates TLS may forward HTTP/2, whose requests name the
    /// scheme of that connection.
    fn own_scheme(&self, parts: &Parts) -> Scheme {
        match self.is_development {
            false => Scheme::Https,
            true => {
                let named = parts.uri.scheme_str().and_then(Scheme::parse);
                named.unwrap_or(Scheme::Http)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(uri: &str, headers: &[(&str, &str)]) -> Parts {
        let mut request = http::Request::builder().uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).expect("a request").into_parts().0
    }

    fn origin(config: &PublicOrigin, parts: &Parts) -> Option<String> {
        config.of(parts).map(|it| it.to_string())
    }

    #[test]
    fn forwarded_headers_are_used_only_if_trusted_and_fixed_origin_wins() {
        let parts = parts(
            "/",
            &[
                ("host", "inner:3000"),
                ("x-forwarded-host", "app.example.com, proxy"),
                ("x-forwarded-proto", "HTTPS,http"),
            ],
        );
        let mut config = PublicOrigin::default();
        let found = |config: &PublicOrigin| origin(config, &parts).expect("an origin");
        assert_eq!(found(&config), "https://inner:3000");
        config.is_development = true;
        assert_eq!(found(&config), "http://inner:3000");
        config.trusts_forwarded_headers = true;
        assert_eq!(found(&config), "https://app.example.com");
        config.fixed = Origin::parse("https://fixed.example");
        assert_eq!(found(&config), "https://fixed.example");
    }

    #[test]
    fn scheme_of_an_http_2_request_counts_in_development_only() {
        let production = PublicOrigin::default();
        let development = PublicOrigin {
            is_development: true,
            ..PublicOrigin::default()
        };
        for (uri, in_production, in_development) in [
            (
                "http://a.example/x",
                "https://a.example",
                "http://a.example",
            ),
            (
                "https://a.example/x",
                "https://a.example",
                "https://a.example",
            ),
            ("ftp://a.example/x", "https://a.example", "http://a.example"),
        ] {
            let parts = parts(uri, &[]);
            assert_eq!(origin(&production, &parts).as_deref(), Some(in_production));
            assert_eq!(
                origin(&development, &parts).as_deref(),
                Some(in_development)
            );
        }
    }

    #[test]
    fn hosts_and_schemes_that_are_invalid_are_ignored() {
        let config = PublicOrigin {
            trusts_forwarded_headers: true,
            ..PublicOrigin::default()
        };
        for invalid in [
            "",
            " ",
            ",",
            "a/b",
            "a?b",
            "a#b",
            "a@b",
            "a:b",
            "a:",
            ":80",
            "a\\b",
            "a b",
            "a\u{e4}",
            "https://a",
            "a:80:80",
            "[::1",
            "a:65536",
            "a,b@c",
            "<a>",
        ] {
            let headers = [("x-forwarded-host", invalid), ("host", "own.example:1")];
            let found = origin(&config, &parts("/", &headers));
            let expected = match invalid {
                "a,b@c" => "https://a",
                _ => "https://own.example:1",
            };
            assert_eq!(found.as_deref(), Some(expected), "{invalid}");
            let found = origin(&PublicOrigin::default(), &parts("/", &[("host", invalid)]));
            assert_eq!(found, None, "{invalid}");
        }
        for invalid in [
            "",
            "javascript",
            "javascript:alert(1)//",
            "ftp",
            "https://",
            "https:",
            "://",
        ] {
            let headers = [("x-forwarded-proto", invalid), ("host", "a")];
            let found = origin(&config, &parts("/", &headers));
            assert_eq!(found.as_deref(), Some("https://a"), "{invalid}");
        }
        let with_user = parts("http://user@a.example/x", &[("host", "b.example")]);
        assert_eq!(
            origin(&config, &with_user).as_deref(),
            Some("https://b.example")
        );
    }
}
