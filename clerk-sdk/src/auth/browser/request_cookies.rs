//! Reading the cookies of a request.

use http::HeaderValue;
use http::header::COOKIE;
use http::request::Parts;
use percent_encoding::percent_decode_str;

/// The cookies of a request, decoded.
///
/// If two have the same name, the first is used: browsers send the one with the more specific path first.
#[derive(Debug, Default)]
pub(super) struct RequestCookies(Vec<(String, String)>);

/// More cookies than any browser stores for a site.
const MAX_COOKIES: usize = 200;

impl RequestCookies {
    pub(super) fn read(parts: &Parts) -> Self {
        let headers = parts.headers.get_all(COOKIE).iter();
        let cookies = headers.flat_map(split_cookies).filter_map(|cookie| {
            let (name, value) = cookie.split_once('=')?;
            let value = value.trim().trim_matches('"');
            let value = percent_decode_str(value).decode_utf8().ok()?;
            Some((name.trim().to_owned(), value.into_owned()))
        });
        Self(cookies.take(MAX_COOKIES).collect())
    }

    /// Returns the value of a cookie, unless it is empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(own, _)| own == name);
        found
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// Returns the value of a cookie whose name has the suffix of an instance, unless it is empty.
    pub(super) fn get_suffixed(&self, name: &str, suffix: &str) -> Option<&str> {
        self.get(&format!("{name}_{suffix}"))
    }
}

/// Splits the value of a `Cookie` header, leaving out the cookies that are not UTF-8: other applications on the same
/// site may set cookies in any encoding.
pub(super) fn split_cookies(header: &HeaderValue) -> impl Iterator<Item = &str> {
    let cookies = header.as_bytes().split(|byte| *byte == b';');
    cookies.filter_map(|cookie| Some(str::from_utf8(cookie).ok()?.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_split_before_they_are_decoded() {
        let headers = [
            &b"a=1; b=x%3By ;c; =d; e=; f=\"q\"; a=2;;; g=%ff; h=a=b"[..],
            b"i=3",
            b"\xff=\xff; j=1; k=\xe4; l\xe4=1; m=\xc3\xa4; \xe4; n=1",
        ];
        let mut request = http::Request::builder();
        for header in headers {
            request = request.header(COOKIE, header);
        }
        let (parts, ()) = request.body(()).expect("a request").into_parts();
        let cookies = RequestCookies::read(&parts);
        let expected = [
            ("a", Some("1")),
            ("b", Some("x;y")),
            ("c", None),
            ("e", None),
            ("f", Some("q")),
            ("g", None),
            ("h", Some("a=b")),
            ("i", Some("3")),
            ("j", Some("1")),
            ("k", None),
            ("m", Some("\u{e4}")),
            ("n", Some("1")),
            ("", Some("d")),
        ];
        for (name, value) in expected {
            assert_eq!(cookies.get(name), value, "{name}");
        }
    }
}
