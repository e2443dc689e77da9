//! A browser without a usable session is redirected to Clerk's Frontend API.

use clerk_sdk::auth::Authenticator;
use http::Method;
use serde_json::json;

use super::fixture::{
    APP, DEVELOPMENT, NOW, PRODUCTION, authenticator, location, navigation, no_network, request,
    summary, token,
};

/// The cookies of a browser that has signed in, but has no session token.
const SIGNED_IN_WITHOUT_TOKEN: &str = "__client_uat=1799999000";

#[tokio::test]
async fn navigation_is_redirected_to_the_frontend_api_with_a_return_url() {
    let parts = navigation(
        PRODUCTION,
        "/invoices?page=2&__clerk_db_jwt=x&__dev_session=y",
        SIGNED_IN_WITHOUT_TOKEN,
    );
    let state = authenticator(PRODUCTION).authenticate(&parts).await;
    let (address, params) = location(&state);
    assert_eq!(address, "https://clerk.emulator.test/v1/client/handshake");
    let expected = [
        ("redirect_url", "https://app.example.com/invoices?page=2"),
        ("__clerk_api_version", "2026-05-12"),
        ("suffixed_cookies", "false"),
        ("__clerk_hs_reason", "client-uat-but-no-session-token"),
        ("format", "nonce"),
    ];
    assert_eq!(params.len(), expected.len(), "{params:?}");
    for (name, value) in expected {
        assert_eq!(params[name], value);
    }
    let headers = state.headers();
    assert_eq!(headers["cache-control"], "no-store");
    let count_cookie = "__clerk_redirect_count=1; SameSite=Lax; HttpOnly; Max-Age=2; Path=/";
    assert_eq!(headers["set-cookie"], count_cookie);
    assert_eq!(headers["x-clerk-auth-status"], "handshake");
    assert_eq!(
        headers["x-clerk-auth-reason"],
        "client-uat-but-no-session-token"
    );
}

#[tokio::test]
async fn development_browser_credential_is_passed_to_the_instance() {
    let cookies = format!("{SIGNED_IN_WITHOUT_TOKEN}; __clerk_db_jwt=dvb_plain");
    let state = authenticator(DEVELOPMENT)
        .authenticate(&navigation(DEVELOPMENT, "/", &cookies))
        .await;
    assert_eq!(location(&state).1["__clerk_db_jwt"], "dvb_plain");
    let cookies = format!("{cookies}; __clerk_db_jwt_{{s}}=dvb_suffixed");
    let state = authenticator(DEVELOPMENT)
        .authenticate(&navigation(DEVELOPMENT, "/", &cookies))
        .await;
    assert_eq!(location(&state).1["__clerk_db_jwt"], "dvb_suffixed");
    assert!(!location(&state).1.contains_key("__session"));

    let expired = token(json!({"exp": NOW - 60}));
    let cookies = format!("{SIGNED_IN_WITHOUT_TOKEN}; __clerk_db_jwt=dvb_1; __session={expired}");
    let state = authenticator(DEVELOPMENT)
        .authenticate(&navigation(DEVELOPMENT, "/", &cookies))
        .await;
    assert_eq!(location(&state).1["__session"], expired);

    let session = token(json!({}));
    let cookies = format!("__session={session}; __client_uat={}", NOW - 100);
    let unknown = authenticator(DEVELOPMENT)
        .authenticate(&navigation(DEVELOPMENT, "/", &cookies))
        .await;
    assert_eq!(summary(&unknown), "handshake dev-browser-missing");
    let returned = authenticator(DEVELOPMENT)
        .authenticate(&navigation(DEVELOPMENT, "/?__clerk_db_jwt=dvb_1", &cookies))
        .await;
    assert_eq!(summary(&returned), "handshake dev-browser-sync");
    assert_eq!(
        location(&returned).1["redirect_url"],
        "https://app.example.com/"
    );
}

#[tokio::test]
async fn only_navigations_are_redirected() {
    for (method, headers, is_redirected) in [
        (Method::GET, vec![("sec-fetch-dest", "document")], true),
        (Method::GET, vec![("sec-fetch-dest", "iframe")], true),
        (
            Method::GET,
            vec![("accept", "text/html,application/xhtml+xml")],
            true,
        ),
        (
            Method::GET,
            vec![("sec-fetch-dest", "empty"), ("accept", "text/html")],
            false,
        ),
        (Method::GET, vec![("accept", "application/json")], false),
        (Method::GET, vec![], false),
        (Method::POST, vec![("sec-fetch-dest", "document")], false),
        (Method::HEAD, vec![("sec-fetch-dest", "document")], false),
    ] {
        let mut headers = headers;
        headers.push(("cookie", SIGNED_IN_WITHOUT_TOKEN));
        let mut parts = request("/", &headers);
        parts.method = method;
        let state = authenticator(PRODUCTION).authenticate(&parts).await;
        assert_eq!(state.redirect().is_some(), is_redirected, "{headers:?}");
        let kind = if is_redirected {
            "handshake"
        } else {
            "signed-out"
        };
        assert_eq!(
            summary(&state),
            format!("{kind} client-uat-but-no-session-token")
        );
        assert!(!state.headers().contains_key("location") || is_redirected);
    }
}

#[tokio::test]
async fn navigation_with_an_expired_bearer_token_is_redirected() {
    let bearer = format!("Bearer {}", token(json!({"exp": NOW - 60})));
    let parts = request(
        "/",
        &[("authorization", &bearer), ("sec-fetch-dest", "document")],
    );
    let state = authenticator(PRODUCTION).authenticate(&parts).await;
    let reason = "session-token-expired-refresh-non-eligible-no-refresh-cookie";
    assert_eq!(summary(&state), format!("handshake {reason}"));
    let (_, params) = location(&state);
    assert_eq!(format!("Bearer {}", params["__session"]), bearer);
    let parts = request("/", &[("authorization", &bearer)]);
    let state = authenticator(PRODUCTION).authenticate(&parts).await;
    assert_eq!(summary(&state), format!("signed-out {reason}"));
}

#[tokio::test]
async fn redirects_stop_after_three_in_a_row() {
    for (count, expected) in [
        ("1", "handshake client-uat-but-no-session-token"),
        ("2", "handshake client-uat-but-no-session-token"),
        ("3", "signed-out handshake-loop"),
        ("99", "signed-out handshake-loop"),
        ("malformed", "handshake client-uat-but-no-session-token"),
    ] {
        let cookies = format!("{SIGNED_IN_WITHOUT_TOKEN}; __clerk_redirect_count={count}");
        let parts = navigation(PRODUCTION, "/", &cookies);
        let state = authenticator(PRODUCTION).authenticate(&parts).await;
        assert_eq!(summary(&state), expected, "{count}");
    }
}

#[tokio::test]
async fn proxy_url_replaces_the_frontend_api() {
    let authenticator = authenticator(PRODUCTION).proxy_url("https://app.example.com/__clerk/");
    let authenticator = authenticator.expect("a valid URL");
    let state = authenticator
        .authenticate(&navigation(PRODUCTION, "/", SIGNED_IN_WITHOUT_TOKEN))
        .await;
    assert_eq!(
        location(&state).0,
        "https://app.example.com/__clerk/v1/client/handshake"
    );
}

/// Returns an authenticator without a configured origin, which trusts forwarded headers or not.
fn with_trust(trusted: bool) -> Authenticator {
    let authenticator = Authenticator::new(no_network());
    let authenticator = authenticator
        .publishable_key(PRODUCTION)
        .expect("a valid publishable key");
    match trusted {
        true => authenticator.trust_forwarded_headers(),
        false => authenticator,
    }
}

#[tokio::test]
async fn forwarded_headers_determine_the_return_url_only_if_trusted() {
    let parts = request(
        "/x",
        &[
            ("host", "inner:8080"),
            ("x-forwarded-host", "public.example"),
            ("x-forwarded-proto", "https"),
            ("sec-fetch-dest", "document"),
            ("cookie", SIGNED_IN_WITHOUT_TOKEN),
        ],
    );
    let state = with_trust(false).authenticate(&parts).await;
    assert_eq!(location(&state).1["redirect_url"], "https://inner:8080/x");
    let state = with_trust(true).authenticate(&parts).await;
    assert_eq!(
        location(&state).1["redirect_url"],
        "https://public.example/x"
    );
    let state = authenticator(PRODUCTION)
        .trust_forwarded_headers()
        .authenticate(&parts)
        .await;
    assert_eq!(
        location(&state).1["redirect_url"],
        format!("{APP}/x"),
        "the configured origin wins"
    );
}

#[tokio::test]
async fn invalid_hosts_and_schemes_get_into_no_redirect() {
    for (host, forwarded_host, forwarded_proto, expected) in [
        (
            "a.example",
            "b.example",
            "javascript",
            Some("https://b.example/x"),
        ),
        (
            "a.example",
            "b.example",
            "javascript://c.example/%0a",
            Some("https://b.example/x"),
        ),
        ("a.example", "b.example", "ftp", Some("https://b.example/x")),
        ("a.example", "b.example", "http", Some("http://b.example/x")),
        (
            "a.example",
            "user@b.example",
            "https",
            Some("https://a.example/x"),
        ),
        (
            "a.example",
            "b.example/y?z=",
            "https",
            Some("https://a.example/x"),
        ),
        (
            "a.example",
            "b.example:port",
            "https",
            Some("https://a.example/x"),
        ),
        (
            "a.example",
            "b.example\\c",
            "https",
            Some("https://a.example/x"),
        ),
        ("a.example/y", "", "", None),
        ("user@a.example", "#", "", None),
        ("", "", "", None),
    ] {
        let parts = request(
            "/x",
            &[
                ("host", host),
                ("x-forwarded-host", forwarded_host),
                ("x-forwarded-proto", forwarded_proto),
                ("sec-fetch-dest", "document"),
                ("cookie", SIGNED_IN_WITHOUT_TOKEN),
            ],
        );
        let state = with_trust(true).authenticate(&parts).await;
        let case = format!("{host} {forwarded_host} {forwarded_proto}");
        match expected {
            Some(url) => assert_eq!(location(&state).1["redirect_url"], url, "{case}"),
            None => {
                let expected = "signed-out client-uat-but-no-session-token";
                assert_eq!(summary(&state), expected, "{case}");
                assert!(state.redirect().is_none(), "{case}");
            }
        }
    }
}

#[tokio::test]
async fn scheme_of_the_connection_to_a_proxy_is_not_that_of_the_browser() {
    // As in HTTP/2 without TLS, where the URI of a request is absolute.
    let headers = [
        ("sec-fetch-dest", "document"),
        ("cookie", SIGNED_IN_WITHOUT_TOKEN),
    ];
    let parts = request("http://a.example/x", &headers);
    let state = with_trust(false).authenticate(&parts).await;
    assert_eq!(location(&state).1["redirect_url"], "https://a.example/x");
}

#[test]
fn settings_that_are_not_http_urls_are_rejected() {
    for url in [
        "",
        "app.example.com",
        "javascript:alert(1)",
        "ftp://a",
        "https://a@b",
        "https://",
    ] {
        let authenticator = authenticator(PRODUCTION);
        assert!(authenticator.clone().public_origin(url).is_err(), "{url}");
        assert!(authenticator.clone().proxy_url(url).is_err(), "{url}");
        assert!(authenticator.satellite("b.example", url).is_err(), "{url}");
    }
    let authenticator = authenticator(PRODUCTION);
    let error = authenticator.clone().public_origin("https://a.example/x");
    let error = error.expect_err("an origin without a path").to_string();
    assert!(
        error.starts_with("invalid public_origin: it must be"),
        "{error}"
    );
    assert!(
        authenticator
            .clone()
            .public_origin("https://a.example/")
            .is_ok()
    );
    assert!(authenticator.proxy_url("https://a.example/x?y=1").is_err());
}
