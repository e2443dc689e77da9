//! The origin at which browsers reach this server, which may differ from the address that it listens on.

use http::header::HOST;
use http::request::Parts;

/// How to determine the origin of a request.
#[derive(Clone, Debug, Default)]
pub(in crate::auth) struct PublicOrigin {
    /// The origin of every request, whatever its headers say.
    pub(in crate::auth) fixed: Option<String>,
    pub(in crate::auth) trusts_forwarded_headers: bool,
    /// Whether the scheme is `http` if the request does not contain one.
    pub(in crate::auth) is_development: bool,
}

impl PublicOrigin {
    pub(super) fn of(&self, parts: &Parts) -> String {
        match &self.fixed {
            Some(origin) => origin.clone(),
            None => self.read_origin(parts),
        }
    }

    fn read_origin(&self, parts: &Parts) -> String {
        let header = |name: &str| parts.headers.get(name)?.to_str().ok();
        let forwarded = |name: &str| {
            let value = self
                .trusts_forwarded_headers
                .then(|| header(name))
                .flatten()?;
            let first = value.split(',').next()?.trim();
            (!first.is_empty()).then_some(first)
        };
        let host = forwarded("x-forwarded-host")
            .or_else(|| parts.uri.authority().map(http::uri::Authority::as_str))
            .or_else(|| header(HOST.as_str()))
            .unwrap_or_default();
        let default = if self.is_development { "http" } else { "https" };
        let scheme = forwarded("x-forwarded-proto").or_else(|| parts.uri.scheme_str());
        format!("{}://{host}", scheme.unwrap_or(default))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forwarded_headers_are_used_only_if_trusted_and_fixed_origin_wins() {
        let request = http::Request::builder()
            .uri("/")
            .header("host", "inner:3000")
            .header("x-forwarded-host", "app.example.com, proxy")
            .header("x-forwarded-proto", "https,http");
        let (parts, ()) = request.body(()).expect("a request").into_parts();
        let mut origin = PublicOrigin::default();
        assert_eq!(origin.of(&parts), "https://inner:3000");
        origin.is_development = true;
        assert_eq!(origin.of(&parts), "http://inner:3000");
        origin.trusts_forwarded_headers = true;
        assert_eq!(origin.of(&parts), "https://app.example.com");
        origin.fixed = Some("https://fixed.example".to_owned());
        assert_eq!(origin.of(&parts), "https://fixed.example");
    }
}
