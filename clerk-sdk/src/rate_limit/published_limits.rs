//! The rate limits that Clerk publishes in its guide to system limits.

use std::time::Duration;

use http::Method;

use super::rule::{Route, Rule};

const TEN_SECONDS: Duration = Duration::from_secs(10);
const HOUR: Duration = Duration::from_secs(3600);

/// A call gets its permits in this order. The limits of single routes come before the limit of all routes, so
/// that a call that waits for its own route takes no capacity from others.
pub(super) const PUBLISHED_LIMITS: [Rule; 7] = [
    Rule::for_routes(&[("POST", "/invitations")], 100, HOUR),
    Rule::for_routes(&[("POST", "/invitations/bulk")], 25, HOUR),
    Rule::for_routes(
        &[("POST", "/organizations/{organization_id}/invitations")],
        250,
        HOUR,
    ),
    Rule::for_routes(
        &[("POST", "/organizations/{organization_id}/invitations/bulk")],
        50,
        HOUR,
    ),
    Rule::for_routes(&[("PATCH", "/users/{user_id}")], 10, TEN_SECONDS).per_path(),
    Rule::for_routes(
        &[
            ("PATCH", "/users/{user_id}/metadata"),
            ("PUT", "/users/{user_id}/metadata"),
        ],
        10,
        TEN_SECONDS,
    )
    .per_path(),
    Rule::for_all_routes(1000, TEN_SECONDS)
        .with_test_calls(100)
        // `GET /public/interstitial` takes no key, so no instance's limit applies.
        .except(&[("GET", "/jwks"), ("GET", "/public/interstitial")]),
];

/// The template of the route that this path is of, if a published limit is about that route.
pub(crate) fn published_template(method: &Method, path: &str) -> Option<&'static str> {
    let mut routes = PUBLISHED_LIMITS.iter().flat_map(Rule::named_routes);
    let is_route = |(name, template): &&Route| *name == method.as_str() && matches(template, path);
    routes.find(is_route).map(|(_, template)| *template)
}

/// Whether a path is one of the template: a placeholder matches any segment, and a slash at the end does not matter.
fn matches(template: &str, path: &str) -> bool {
    let path = path.strip_suffix('/').unwrap_or(path);
    let (mut expected, mut actual) = (template.split('/'), path.split('/'));
    loop {
        match (expected.next(), actual.next()) {
            (None, None) => return true,
            (Some(expected), Some(actual)) if expected == actual => {}
            (Some(expected), Some(actual)) if expected.starts_with('{') && !actual.is_empty() => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderValue, Method};

    use super::{HOUR, PUBLISHED_LIMITS, TEN_SECONDS, published_template};
    use crate::rate_limit::rate_limited_call::RateLimitedCall;
    use crate::rate_limit::rule::quotas;

    /// The limits of a call in a production instance: path if it is counted separately, calls, and period in seconds.
    fn limits(
        method: &str,
        template: &'static str,
        path: &str,
        key: &'static str,
    ) -> Vec<(String, usize, u64)> {
        let call = RateLimitedCall {
            method: &method.parse::<Method>().expect("a method"),
            template: &template.into(),
            path,
            authorization: Some(&HeaderValue::from_static(key)),
            is_low_priority: false,
        };
        let quotas = quotas(&PUBLISHED_LIMITS, &call, 1).into_iter();
        let limits = quotas.map(|it| (it.window.path, it.window.max_calls, it.period.as_secs()));
        limits.collect()
    }

    #[test]
    fn each_route_has_the_limits_that_clerk_publishes() {
        let (hour, short) = (HOUR.as_secs(), TEN_SECONDS.as_secs());
        let all = (String::new(), 1000, short);
        let route = |calls| vec![(String::new(), calls, hour), all.clone()];
        let user = |path: &str| vec![(path.to_owned(), 10, short), all.clone()];
        let organization = "/organizations/{organization_id}/invitations";
        let organization_bulk = "/organizations/{organization_id}/invitations/bulk";
        let metadata = "/users/{user_id}/metadata";
        for (method, template, path, expected) in [
            ("GET", "/users", "/users", vec![all.clone()]),
            ("GET", "/invitations", "/invitations", vec![all.clone()]),
            ("POST", "/invitations", "/invitations", route(100)),
            ("POST", "/invitations/bulk", "/invitations/bulk", route(25)),
            (
                "POST",
                organization,
                "/organizations/1/invitations",
                route(250),
            ),
            (
                "POST",
                organization_bulk,
                "/organizations/1/invitations/bulk",
                route(50),
            ),
            ("GET", "/users/{user_id}", "/users/1", vec![all.clone()]),
            ("PATCH", "/users/{user_id}", "/users/1", user("/users/1")),
            (
                "PATCH",
                metadata,
                "/users/1/metadata",
                user("/users/1/metadata"),
            ),
            (
                "PUT",
                metadata,
                "/users/1/metadata",
                user("/users/1/metadata"),
            ),
            ("GET", "/jwks", "/jwks", vec![]),
            (
                "GET",
                "/public/interstitial",
                "/public/interstitial",
                vec![],
            ),
        ] {
            let limits = limits(method, template, path, "Bearer sk_live_1");
            assert_eq!(limits, expected, "{method} {template}");
        }
    }

    #[test]
    fn a_development_instance_has_a_tenth_of_the_limit_of_all_routes() {
        let limits = limits("GET", "/users", "/users", "Bearer sk_test_1");
        assert_eq!(limits, [(String::new(), 100, TEN_SECONDS.as_secs())]);
    }

    #[test]
    fn a_path_is_recognized_however_it_is_written() {
        for (method, path, expected) in [
            (Method::PATCH, "/users/u1", Some("/users/{user_id}")),
            (Method::PATCH, "/users/{id}", Some("/users/{user_id}")),
            (Method::PATCH, "/users/u1/", Some("/users/{user_id}")),
            (Method::GET, "/users/u1", None),
            (Method::PATCH, "/users/u1/ban", None),
            (Method::PATCH, "/users//", None),
            (Method::POST, "/invitations/bulk", Some("/invitations/bulk")),
            (Method::GET, "/jwks", Some("/jwks")),
        ] {
            assert_eq!(
                published_template(&method, path),
                expected,
                "{method} {path}"
            );
        }
    }
}
