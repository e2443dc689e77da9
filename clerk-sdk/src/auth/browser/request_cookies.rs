//! Reading the cookies of a request.

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
        let headers = headers.filter_map(|value| std::str::from_utf8(value.as_bytes()).ok());
        let cookies = headers.flat_map(|header| header.split(';'));
        let cookies = cookies.filter_map(|cookie| {
            let (name, value) = cookie.trim().split_once('=')?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_split_before_they_are_decoded() {
        let headers = [
            &b"a=1; b=x%3By ;c; =d; e=; f=\"q\"; a=2;;; g=%ff; h=a=b"[..],
            b"i=3",
            b"\xff=\xff",
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
            ("", Some("d")),
        ];
        for (name, value) in expected {
            assert_eq!(cookies.get(name), value, "{name}");
        }
    }
}
