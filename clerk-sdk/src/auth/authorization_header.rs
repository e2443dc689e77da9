//! Reading the token of the `Authorization` header.

use http::header::AUTHORIZATION;
use http::request::Parts;

/// The `Authorization` header of a request, as far as it concerns bearer tokens.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum AuthorizationHeader {
    /// There is no header, or it has no token or another scheme than `Bearer`.
    NoToken,
    /// The token, with or without the scheme `Bearer` before it.
    Token(String),
    /// There are several headers, or the token is not ASCII.
    Malformed,
}

impl AuthorizationHeader {
    pub(super) fn read(parts: &Parts) -> Self {
        let mut values = parts.headers.get_all(AUTHORIZATION).iter();
        let (Some(value), None) = (values.next(), values.next()) else {
            return match parts.headers.contains_key(AUTHORIZATION) {
                true => Self::Malformed,
                false => Self::NoToken,
            };
        };
        let value = value.as_bytes().trim_ascii();
        let token = match value.iter().position(|byte| *byte == b' ') {
            None if value.eq_ignore_ascii_case(b"bearer") => &[],
            None => value,
            Some(end) if value[..end].eq_ignore_ascii_case(b"bearer") => value[end..].trim_ascii(),
            // Credentials of another scheme are ignored, and may contain any bytes.
            Some(_) => &[],
        };
        match std::str::from_utf8(token) {
            Ok("") => Self::NoToken,
            Ok(token) if token.is_ascii() => Self::Token(token.to_owned()),
            _ => Self::Malformed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(values: &[&str]) -> Parts {
        let mut request = http::Request::builder().uri("/");
        for value in values {
            request = request.header(AUTHORIZATION, value.as_bytes());
        }
        request.body(()).expect("a request").into_parts().0
    }

    #[test]
    fn bearer_token_is_read_from_the_header() {
        let token = |token: &str| AuthorizationHeader::Token(token.to_owned());
        for (value, expected) in [
            ("Bearer a.b.c", token("a.b.c")),
            ("bearer  a.b.c ", token("a.b.c")),
            ("a.b.c", token("a.b.c")),
            ("Basic dXNlcjpwYXNz", AuthorizationHeader::NoToken),
            ("Bearer", AuthorizationHeader::NoToken),
            ("Bearer ", AuthorizationHeader::NoToken),
            ("", AuthorizationHeader::NoToken),
            ("Bearer a b", token("a b")),
            ("Bearer \u{fffd}", AuthorizationHeader::Malformed),
            ("bearer a\u{e4}", AuthorizationHeader::Malformed),
            ("\u{e4}", AuthorizationHeader::Malformed),
            (
                "Digest username=\"J\u{fc}rgen\"",
                AuthorizationHeader::NoToken,
            ),
            ("B\u{e4}sic abc", AuthorizationHeader::NoToken),
        ] {
            assert_eq!(
                AuthorizationHeader::read(&parts(&[value])),
                expected,
                "{value}"
            );
        }
        assert_eq!(
            AuthorizationHeader::read(&parts(&[])),
            AuthorizationHeader::NoToken
        );
        assert_eq!(
            AuthorizationHeader::read(&parts(&["Bearer a", "Bearer b"])),
            AuthorizationHeader::Malformed
        );
    }
}
