//! What of a request tells who sent it: the `Authorization` header, the cookies, the address.

use http::header::{AUTHORIZATION, COOKIE, HOST};
use http::request::Parts;
use percent_encoding::percent_decode_str;

/// The token of the `Authorization` header.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum HeaderToken {
    None,
    One(String),
    /// There are several, or it is no text.
    Odd,
}

impl HeaderToken {
    pub(super) fn of(parts: &Parts) -> Self {
        let mut values = parts.headers.get_all(AUTHORIZATION).iter();
        let (Some(value), None) = (values.next(), values.next()) else {
            return match parts.headers.contains_key(AUTHORIZATION) {
                true => Self::Odd,
                false => Self::None,
            };
        };
        let value = value.as_bytes().trim_ascii();
        let token = match value.iter().position(|byte| *byte == b' ') {
            None if value.eq_ignore_ascii_case(b"bearer") => &[],
            None => value,
            Some(end) if value[..end].eq_ignore_ascii_case(b"bearer") => value[end..].trim_ascii(),
            // Another scheme is somebody else's business, also what bytes it has.
            Some(_) => &[],
        };
        match std::str::from_utf8(token) {
            Ok("") => Self::None,
            Ok(token) if token.is_ascii() => Self::One(token.to_owned()),
            _ => Self::Odd,
        }
    }
}

/// The cookies of a request. Of two of one name the first counts: it is the one of the narrower path.
#[derive(Debug, Default)]
pub(super) struct Cookies(Vec<(String, String)>);

/// More than any browser keeps for a site.
const MAX_COOKIES: usize = 200;

impl Cookies {
    pub(super) fn of(parts: &Parts) -> Self {
        let headers = parts.headers.get_all(COOKIE).iter();
        let texts = headers.filter_map(|value| std::str::from_utf8(value.as_bytes()).ok());
        let pairs = texts.flat_map(|text| text.split(';')).filter_map(|pair| {
            let (name, value) = pair.trim().split_once('=')?;
            let value = value.trim().trim_matches('"');
            let value = percent_decode_str(value).decode_utf8().ok()?;
            Some((name.trim().to_owned(), value.into_owned()))
        });
        Self(pairs.take(MAX_COOKIES).collect())
    }

    /// The value of a cookie, unless it is empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(own, _)| own == name);
        found
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// The value of a cookie of one instance.
    pub(super) fn suffixed(&self, name: &str, suffix: &str) -> Option<&str> {
        self.get(&format!("{name}_{suffix}"))
    }
}

/// Where a request went, as its sender sees it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Address {
    /// Scheme and host.
    pub(super) origin: String,
    pub(super) path: String,
    /// Names and values, decoded.
    pub(super) query: Vec<(String, String)>,
}

/// How the address is told.
#[derive(Clone, Debug, Default)]
pub(super) struct Addressing {
    /// The address of this server, whatever a request says.
    pub(super) origin: Option<String>,
    pub(super) trusts_forwarded: bool,
    /// What is taken for the scheme where nothing says.
    pub(super) is_development: bool,
}

impl Addressing {
    pub(super) fn of(&self, parts: &Parts) -> Address {
        Address {
            origin: self.origin.clone().unwrap_or_else(|| self.origin_of(parts)),
            path: parts.uri.path().to_owned(),
            query: pairs(parts.uri.query()),
        }
    }

    fn origin_of(&self, parts: &Parts) -> String {
        let text = |name: &str| parts.headers.get(name)?.to_str().ok();
        let first = |name: &str| {
            let value = self.trusts_forwarded.then(|| text(name)).flatten()?;
            let value = value.split(',').next()?.trim();
            (!value.is_empty()).then_some(value)
        };
        let host = first("x-forwarded-host")
            .or_else(|| parts.uri.authority().map(http::uri::Authority::as_str))
            .or_else(|| text(HOST.as_str()))
            .unwrap_or_default();
        let default = if self.is_development { "http" } else { "https" };
        let scheme = first("x-forwarded-proto").or_else(|| parts.uri.scheme_str());
        format!("{}://{host}", scheme.unwrap_or(default))
    }
}

/// The parameters of a query, decoded.
pub(super) fn pairs(query: Option<&str>) -> Vec<(String, String)> {
    let pairs = query.unwrap_or_default().split('&');
    pairs.filter(|it| !it.is_empty()).map(pair).collect()
}

fn pair(text: &str) -> (String, String) {
    let decode = |text: &str| {
        let text = text.replace('+', " ");
        percent_decode_str(&text).decode_utf8_lossy().into_owned()
    };
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    (decode(name), decode(value))
}

impl Address {
    pub(super) fn param(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(own, _)| own == name);
        found
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// This address without some of its parameters.
    pub(super) fn without(&self, names: &[&str]) -> String {
        let kept = self
            .query
            .iter()
            .filter(|(name, _)| !names.contains(&name.as_str()));
        with_query(&format!("{}{}", self.origin, self.path), kept)
    }
}

/// An address with parameters added to it.
pub(super) fn with_query<'p>(
    address: &str,
    params: impl IntoIterator<Item = &'p (String, String)>,
) -> String {
    let mut query = crate::wire::Query::default();
    for (name, value) in params {
        query.append_pair(name, value);
    }
    let (address, fragment) = address.split_at(address.find('#').unwrap_or(address.len()));
    let separator = if address.contains('?') { '&' } else { '?' };
    match query.as_str() {
        "" => format!("{address}{fragment}"),
        query => format!("{address}{separator}{query}{fragment}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(headers: &[(&'static str, &'static [u8])], uri: &str) -> Parts {
        let mut request = http::Request::builder().uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).expect("a request").into_parts().0
    }

    #[test]
    fn the_token_of_the_header_is_found() {
        let one = |token: &str| HeaderToken::One(token.to_owned());
        for (value, expected) in [
            ("Bearer a.b.c", one("a.b.c")),
            ("bearer  a.b.c ", one("a.b.c")),
            ("a.b.c", one("a.b.c")),
            ("Basic dXNlcjpwYXNz", HeaderToken::None),
            ("Bearer", HeaderToken::None),
            ("Bearer ", HeaderToken::None),
            ("", HeaderToken::None),
            ("Bearer a b", one("a b")),
            ("Bearer \u{fffd}", HeaderToken::Odd),
            ("bearer a\u{e4}", HeaderToken::Odd),
            ("\u{e4}", HeaderToken::Odd),
            ("Digest username=\"J\u{fc}rgen\"", HeaderToken::None),
            ("B\u{e4}sic abc", HeaderToken::None),
        ] {
            let value: &'static str = value;
            let parts = parts(&[("authorization", value.as_bytes())], "/");
            assert_eq!(HeaderToken::of(&parts), expected, "{value}");
        }
        assert_eq!(HeaderToken::of(&parts(&[], "/")), HeaderToken::None);
        let twice = [
            ("authorization", &b"Bearer a"[..]),
            ("authorization", b"Bearer b"),
        ];
        assert_eq!(HeaderToken::of(&parts(&twice, "/")), HeaderToken::Odd);
    }

    #[test]
    fn cookies_are_taken_apart_before_they_are_decoded() {
        let cookies = [
            (
                "cookie",
                &b"a=1; b=x%3By ;c; =d; e=; f=\"q\"; a=2;;; g=%ff; h=a=b"[..],
            ),
            ("cookie", b"i=3"),
            ("cookie", b"\xff=\xff"),
        ];
        let cookies = Cookies::of(&parts(&cookies, "/"));
        let expected = [
            ("a", Some("1")),
            ("b", Some("x;y")),
            ("c", None),
            ("e", None),
            ("f", Some("q")),
            ("g", None),
            ("h", Some("a=b")),
            ("i", Some("3")),
            ("", Some("d")),
        ];
        for (name, value) in expected {
            assert_eq!(cookies.get(name), value, "{name}");
        }
    }

    #[test]
    fn the_address_is_that_which_the_sender_sees() {
        let headers = [
            ("host", &b"inner:3000"[..]),
            ("x-forwarded-host", b"app.example.com, proxy"),
            ("x-forwarded-proto", b"https,http"),
        ];
        let parts = parts(&headers, "/a%20b?x=1&y=a%26b&z");
        let origin = |addressing: &Addressing| addressing.of(&parts).origin;
        let mut addressing = Addressing::default();
        assert_eq!(origin(&addressing), "https://inner:3000");
        addressing.is_development = true;
        assert_eq!(origin(&addressing), "http://inner:3000");
        addressing.trusts_forwarded = true;
        assert_eq!(origin(&addressing), "https://app.example.com");
        addressing.origin = Some("https://fixed.example".to_owned());
        let address = addressing.of(&parts);
        assert_eq!(address.param("y"), Some("a&b"));
        assert_eq!(
            address.without(&["x"]),
            "https://fixed.example/a%20b?y=a%26b&z="
        );
        assert_eq!(
            address.without(&["x", "y", "z"]),
            "https://fixed.example/a%20b"
        );
    }

    #[test]
    fn parameters_come_before_the_fragment() {
        let params = [("a".to_owned(), "1".to_owned())];
        for (address, expected) in [
            ("https://a/#/sign-in", "https://a/?a=1#/sign-in"),
            ("https://a/?b=2#/x?y", "https://a/?b=2&a=1#/x?y"),
            ("https://a/x", "https://a/x?a=1"),
        ] {
            assert_eq!(with_query(address, &params), expected);
        }
        assert_eq!(with_query("https://a/#/in", &[]), "https://a/#/in");
    }
}
