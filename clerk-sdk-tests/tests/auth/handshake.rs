//! Sending a browser to Clerk, and taking in what it brings back.

use clerk_sdk::auth::Authenticator;
use clerk_sdk_tests::{Emulator, Signer};
use http::Method;
use serde_json::json;

use super::{
    APP, DEVELOPMENT, NOW, PRODUCTION, authenticator, canned, claims, counting_clients, location,
    navigation, request, summary, token, verifier,
};

/// A browser that has signed in and lacks its session.
const NEEDS_HANDSHAKE: &str = "__client_uat=1799999000";

#[tokio::test]
async fn a_page_is_sent_to_the_frontend_api_and_back() {
    let parts = navigation(
        PRODUCTION,
        "/invoices?page=2&__clerk_db_jwt=x&__dev_session=y",
        NEEDS_HANDSHAKE,
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
    let counted = "__clerk_redirect_count=1; SameSite=Lax; HttpOnly; Max-Age=2; Path=/";
    assert_eq!(headers["set-cookie"], counted);
    assert_eq!(headers["x-clerk-auth-status"], "handshake");
    assert_eq!(
        headers["x-clerk-auth-reason"],
        "client-uat-but-no-session-token"
    );
}

#[tokio::test]
async fn a_development_instance_gets_its_name_for_the_browser() {
    let cookies = format!("{NEEDS_HANDSHAKE}; __clerk_db_jwt=dvb_plain");
    let state = authenticator(DEVELOPMENT)
        .authenticate(&navigation(DEVELOPMENT, "/", &cookies))
        .await;
    assert_eq!(location(&state).1["__clerk_db_jwt"], "dvb_plain");
    let cookies = format!("{cookies}; __clerk_db_jwt_{{s}}=dvb_own");
    let state = authenticator(DEVELOPMENT)
        .authenticate(&navigation(DEVELOPMENT, "/", &cookies))
        .await;
    assert_eq!(location(&state).1["__clerk_db_jwt"], "dvb_own");
    assert!(!location(&state).1.contains_key("__session"));

    let expired = token(json!({"exp": NOW - 60}));
    let cookies = format!("{NEEDS_HANDSHAKE}; __clerk_db_jwt=dvb_1; __session={expired}");
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
    let named = authenticator(DEVELOPMENT)
        .authenticate(&navigation(DEVELOPMENT, "/?__clerk_db_jwt=dvb_1", &cookies))
        .await;
    assert_eq!(summary(&named), "handshake dev-browser-sync");
    assert_eq!(
        location(&named).1["redirect_url"],
        "https://app.example.com/"
    );
}

#[tokio::test]
async fn only_what_loads_a_page_is_sent_anywhere() {
    for (method, headers, is_sent) in [
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
        headers.push(("cookie", NEEDS_HANDSHAKE));
        let mut parts = request("/", &headers);
        parts.method = method;
        let state = authenticator(PRODUCTION).authenticate(&parts).await;
        assert_eq!(state.redirect().is_some(), is_sent, "{headers:?}");
        let kind = if is_sent { "handshake" } else { "signed-out" };
        assert_eq!(
            summary(&state),
            format!("{kind} client-uat-but-no-session-token")
        );
        assert!(!state.headers().contains_key("location") || is_sent);
    }
}

#[tokio::test]
async fn an_expired_token_of_a_header_may_be_renewed_too() {
    let bearer = format!("Bearer {}", token(json!({"exp": NOW - 60})));
    let parts = request(
        "/",
        &[("authorization", &bearer), ("sec-fetch-dest", "document")],
    );
    let state = authenticator(PRODUCTION).authenticate(&parts).await;
    let reason = "session-token-expired-refresh-non-eligible-no-refresh-cookie";
    assert_eq!(summary(&state), format!("handshake {reason}"));
    let parts = request("/", &[("authorization", &bearer)]);
    let state = authenticator(PRODUCTION).authenticate(&parts).await;
    assert_eq!(summary(&state), format!("signed-out {reason}"));
}

#[tokio::test]
async fn going_round_in_a_circle_ends() {
    for (count, expected) in [
        ("1", "handshake client-uat-but-no-session-token"),
        ("2", "handshake client-uat-but-no-session-token"),
        ("3", "signed-out handshake-loop"),
        ("99", "signed-out handshake-loop"),
        ("odd", "handshake client-uat-but-no-session-token"),
    ] {
        let cookies = format!("{NEEDS_HANDSHAKE}; __clerk_redirect_count={count}");
        let parts = navigation(PRODUCTION, "/", &cookies);
        let state = authenticator(PRODUCTION).authenticate(&parts).await;
        assert_eq!(summary(&state), expected, "{count}");
    }
}

#[tokio::test]
async fn a_proxy_takes_the_place_of_the_frontend_api() {
    let authenticator = authenticator(PRODUCTION).proxy_url("https://app.example.com/__clerk/");
    let state = authenticator
        .authenticate(&navigation(PRODUCTION, "/", NEEDS_HANDSHAKE))
        .await;
    assert_eq!(
        location(&state).0,
        "https://app.example.com/__clerk/v1/client/handshake"
    );
}

pub(super) fn handshake_token(cookies: &[&str]) -> String {
    Signer::instance().sign(&json!({"handshake": cookies}))
}

#[tokio::test]
async fn what_a_handshake_brings_signs_in_and_sets_the_cookies() {
    let session = token(json!({}));
    let directives = [
        format!("__session_x={session}; Path=/; Secure"),
        "__client_uat=5".to_owned(),
    ];
    let directives: Vec<&str> = directives.iter().map(String::as_str).collect();
    let brought = handshake_token(&directives);
    let uri = format!("/a?b=1&__clerk_handshake={brought}");

    // Production: the proxy in between has set the cookie, or the address has it.
    for parts in [
        navigation(PRODUCTION, &uri, ""),
        navigation(PRODUCTION, "/a", &format!("__clerk_handshake={brought}")),
    ] {
        let state = authenticator(PRODUCTION).authenticate(&parts).await;
        assert_eq!(summary(&state), "signed-in user_1");
        let cookies: Vec<_> = state.headers().get_all("set-cookie").iter().collect();
        assert_eq!(cookies, directives);
        assert_eq!(state.headers()["access-control-allow-credentials"], "true");
        assert!(state.redirect().is_none());
    }

    let state = authenticator(DEVELOPMENT)
        .authenticate(&navigation(DEVELOPMENT, &uri, ""))
        .await;
    assert_eq!(summary(&state), "signed-in user_1");
    assert_eq!(
        state.redirect().expect("it cleans the address"),
        "https://app.example.com/a?b=1"
    );
}

#[tokio::test]
async fn a_handshake_without_a_session_signs_out() {
    for directives in [
        vec![],
        vec!["__client_uat=0"],
        vec!["__session=; Max-Age=0", "x"],
    ] {
        let brought = handshake_token(&directives);
        let parts = navigation(PRODUCTION, &format!("/?__clerk_handshake={brought}"), "");
        let state = authenticator(PRODUCTION).authenticate(&parts).await;
        assert_eq!(summary(&state), "signed-out session-token-missing");
        assert_eq!(
            state.headers().get_all("set-cookie").iter().count(),
            directives.len()
        );
    }
}

#[tokio::test]
async fn a_forged_handshake_sets_nothing() {
    let cookie = format!("__session={}", token(json!({})));
    let content = json!({"handshake": [cookie]});
    let signer = Signer::instance();
    let header = |changes: serde_json::Value| {
        let mut header = signer.header();
        for (name, value) in changes.as_object().expect("an object") {
            header[name] = value.clone();
        }
        header
    };
    for (forged, reason) in [
        (
            Signer::with_other_key("ins_1").sign(&content),
            "token-invalid-signature",
        ),
        ("odd".to_owned(), "token-invalid"),
        (signer.sign(&claims(json!({}))), "token-verification-failed"),
        (
            signer.sign(&json!({"handshake": "x"})),
            "token-verification-failed",
        ),
        (
            signer.sign_with(&header(json!({"cat": "cl_B7d4PD222AAA"})), &content),
            "token-type-mismatch",
        ),
        (
            signer.sign_with(&header(json!({"cat": "cl_B7d4PD333AAA"})), &content),
            "token-type-mismatch",
        ),
        (
            signer.sign_with(&header(json!({"alg": "none"})), &content),
            "token-invalid-algorithm",
        ),
    ] {
        let uri = format!("/?__clerk_handshake={forged}");
        let state = authenticator(DEVELOPMENT)
            .authenticate(&navigation(DEVELOPMENT, &uri, ""))
            .await;
        assert_eq!(summary(&state), format!("signed-out {reason}"));
        assert!(!state.headers().contains_key("set-cookie"));
        // In production it is as if nothing had come.
        let state = authenticator(PRODUCTION)
            .authenticate(&navigation(PRODUCTION, &uri, ""))
            .await;
        assert_eq!(summary(&state), "signed-out session-token-and-uat-missing");
        assert!(!state.headers().contains_key("set-cookie"));
    }
}

#[tokio::test]
async fn a_development_machine_may_be_a_day_off() {
    let old = token(json!({"exp": NOW - 3600, "iat": NOW - 3660, "nbf": NOW - 3670}));
    let brought = handshake_token(&[&format!("__session={old}")]);
    let uri = format!("/?__clerk_handshake={brought}");
    let state = authenticator(DEVELOPMENT)
        .authenticate(&navigation(DEVELOPMENT, &uri, ""))
        .await;
    assert_eq!(summary(&state), "signed-in user_1");
    let state = authenticator(PRODUCTION)
        .authenticate(&navigation(PRODUCTION, &uri, ""))
        .await;
    assert_eq!(summary(&state), "signed-out session-token-and-uat-missing");
    assert!(!state.headers().contains_key("set-cookie"));
}

#[tokio::test]
async fn a_directive_that_is_no_header_is_left_out() {
    let cookie = format!("__session={}", token(json!({})));
    let brought = handshake_token(&["a=1\r\nx: y", &cookie]);
    let parts = navigation(PRODUCTION, &format!("/?__clerk_handshake={brought}"), "");
    let state = authenticator(PRODUCTION).authenticate(&parts).await;
    let cookies: Vec<_> = state.headers().get_all("set-cookie").iter().collect();
    assert_eq!(cookies, [cookie.as_str()]);
    assert_eq!(summary(&state), "signed-in user_1");
}

#[tokio::test]
async fn the_address_is_believed_only_where_it_was_told_to_be() {
    let key = |trust: bool| {
        let authenticator = clerk_sdk::auth::Authenticator::new(super::no_network());
        let authenticator = authenticator
            .publishable_key(PRODUCTION)
            .expect("it is one");
        match trust {
            true => authenticator.trust_forwarded_headers(),
            false => authenticator,
        }
    };
    let parts = request(
        "/x",
        &[
            ("host", "inner:8080"),
            ("x-forwarded-host", "public.example"),
            ("x-forwarded-proto", "https"),
            ("sec-fetch-dest", "document"),
            ("cookie", NEEDS_HANDSHAKE),
        ],
    );
    let state = key(false).authenticate(&parts).await;
    assert_eq!(location(&state).1["redirect_url"], "https://inner:8080/x");
    let state = key(true).authenticate(&parts).await;
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
        "what was set comes first"
    );
}

#[tokio::test]
async fn what_a_nonce_stands_for_is_fetched_by_one_client_however_many_come() {
    let clerk = Emulator::start().await.expect("a free port");
    let (config, clients) = counting_clients(&clerk);
    let authenticator = Authenticator::new(config).verifier(verifier());
    let authenticator = authenticator
        .publishable_key(PRODUCTION)
        .expect("it is one");
    let before = clients();
    let directives = json!({"directives": [format!("__session={}", token(json!({})))]});
    for place in 0..3 {
        clerk.stub(canned(
            "GET",
            "/clients/handshake_payload",
            200,
            &directives,
        ));
        let uri = format!("/?__clerk_handshake_nonce=nonce_{place}");
        let state = authenticator
            .authenticate(&navigation(PRODUCTION, &uri, ""))
            .await;
        assert_eq!(summary(&state), "signed-in user_1");
    }
    assert_eq!(clerk.requests().len(), 3);
    assert_eq!(clients(), before);
}
