//! A browser that returns from a handshake with a nonce: Clerk exchanges the nonce for the cookies.

use clerk_sdk::auth::{AuthErrorReason, Authenticator, OrganizationSync};
use clerk_sdk_tests::Emulator;
use http::HeaderValue;
use serde_json::{Value, json};

use super::fixture::{
    APP, DEVELOPMENT, NOW, PRODUCTION, authenticator, authenticator_for, counting_clients,
    navigation, sets_cookies, signed_in_cookies, stubbed_response, summary, token, verifier,
};

/// Sets the response to the next exchange of a nonce.
fn respond(clerk: &Emulator, status: u16, body: &Value) {
    clerk.stub(stubbed_response(
        "GET",
        "/clients/handshake_payload",
        status,
        body,
    ));
}

#[tokio::test]
async fn nonce_is_exchanged_for_the_cookies_of_the_handshake() {
    let clerk = Emulator::start().await.expect("a free port");
    let cookie = format!("__session={}", token(json!({})));
    respond(&clerk, 200, &json!({"directives": [cookie]}));
    let parts = navigation(PRODUCTION, "/?__clerk_handshake_nonce=n-1_2", "");
    let state = authenticator_for(&clerk, PRODUCTION)
        .authenticate(&parts)
        .await;
    assert_eq!(summary(&state), "signed-in user_1");
    assert_eq!(state.headers()["set-cookie"], cookie);
    let exchange = clerk.requests().pop().expect("a request");
    assert_eq!(exchange.query.as_deref(), Some("nonce=n-1_2"));
}

#[tokio::test]
async fn spent_nonce_is_removed_from_the_url() {
    let clerk = Emulator::start().await.expect("a free port");
    for status in [400, 404, 410, 422] {
        respond(&clerk, status, &json!({"errors": []}));
        let uri = "/a?b=1&__clerk_handshake_nonce=n1";
        let state = authenticator_for(&clerk, DEVELOPMENT)
            .authenticate(&navigation(DEVELOPMENT, uri, &signed_in_cookies()))
            .await;
        assert_eq!(summary(&state), "signed-out handshake-spent", "{status}");
        assert!(!state.reason().is_some_and(AuthErrorReason::is_unavailable));
        let clean = state.redirect().expect("a redirect to the clean URL");
        assert_eq!(clean, &format!("{APP}/a?b=1"));
        assert!(!sets_cookies(&state));

        // In production, and if the nonce is in an old cookie, the session cookies are used.
        respond(&clerk, status, &json!({"errors": []}));
        let state = authenticator_for(&clerk, PRODUCTION)
            .authenticate(&navigation(PRODUCTION, uri, &signed_in_cookies()))
            .await;
        assert_eq!(summary(&state), "signed-in user_own");
        respond(&clerk, status, &json!({"errors": []}));
        let cookies = format!("{}; __clerk_handshake_nonce=n1", signed_in_cookies());
        let state = authenticator_for(&clerk, DEVELOPMENT)
            .authenticate(&navigation(DEVELOPMENT, "/", &cookies))
            .await;
        assert_eq!(summary(&state), "signed-in user_own");
    }
}

#[tokio::test]
async fn outage_during_a_handshake_does_not_start_another() {
    let clerk = Emulator::start().await.expect("a free port");
    let mut calls = 0;
    for key in [PRODUCTION, DEVELOPMENT] {
        let reachable = authenticator_for(&clerk, key);
        let parts = navigation(key, "/?__clerk_handshake_nonce=n1", "__client_uat=1");
        for status in [401, 429, 500, 503] {
            respond(&clerk, status, &json!({"errors": []}));
            let state = reachable.authenticate(&parts).await;
            assert_eq!(summary(&state), "signed-out handshake-unavailable");
            assert!(state.reason().is_some_and(AuthErrorReason::is_unavailable));
            assert!(state.redirect().is_none());
            calls += 1;
            assert_eq!(clerk.requests().len(), calls, "{status}: no retry");
        }
        let unreachable = authenticator(key).authenticate(&parts).await;
        assert_eq!(summary(&unreachable), "signed-out handshake-unavailable");
    }
}

#[tokio::test]
async fn outage_during_a_handshake_does_not_sign_out_a_browser_with_valid_cookies() {
    let sync = OrganizationSync::new().organization_patterns(["/orgs/:slug"]);
    let authenticator = authenticator(PRODUCTION).sync_organization(sync.expect("valid patterns"));
    for uri in [
        "/?__clerk_handshake_nonce=n1",
        "/orgs/acme?__clerk_handshake_nonce=n1",
    ] {
        let parts = navigation(PRODUCTION, uri, &signed_in_cookies());
        let state = authenticator.authenticate(&parts).await;
        assert_eq!(summary(&state), "signed-in user_own", "{uri}");
        assert!(state.redirect().is_none());
        // The cookies are those of an earlier sign-in.
        let cookies = signed_in_cookies().replace("__client_uat=", "__client_uat=9");
        let parts = navigation(PRODUCTION, uri, &cookies);
        let state = authenticator.authenticate(&parts).await;
        assert_eq!(summary(&state), "signed-out handshake-unavailable", "{uri}");
    }
}

#[tokio::test]
async fn only_well_formed_nonces_of_navigations_are_exchanged() {
    let clerk = Emulator::start().await.expect("a free port");
    let authenticator = authenticator_for(&clerk, PRODUCTION);
    let long = "a".repeat(257);
    for nonce in [&*long, "a%20b", "%C3%BC", "a%00", "%3Cb%3E"] {
        for (uri, cookie) in [
            (format!("/?__clerk_handshake_nonce={nonce}"), String::new()),
            ("/".to_owned(), format!("; __clerk_handshake_nonce={nonce}")),
        ] {
            let cookies = format!("{}{cookie}", signed_in_cookies());
            let parts = navigation(PRODUCTION, &uri, &cookies);
            let state = authenticator.authenticate(&parts).await;
            assert_eq!(summary(&state), "signed-in user_own", "{uri}");
        }
    }
    let cookies = format!("{}; __clerk_handshake_nonce=n1", signed_in_cookies());
    let mut call = navigation(PRODUCTION, "/", &cookies);
    call.headers
        .insert("sec-fetch-dest", HeaderValue::from_static("empty"));
    let state = authenticator.authenticate(&call).await;
    assert_eq!(summary(&state), "signed-in user_own");
    assert!(clerk.requests().is_empty());
}

#[tokio::test]
async fn calls_that_delay_a_page_time_out_after_five_seconds() {
    let clerk = Emulator::start().await.expect("a free port");
    let authenticator = authenticator_for(&clerk, PRODUCTION);
    clerk.hang("GET", "/clients/handshake_payload");
    clerk.hang("POST", "/sessions/sess_1/refresh");
    let expired = token(json!({"exp": NOW - 60}));
    let cookies = format!("__session={expired}; __client_uat={}", NOW - 100);
    tokio::time::pause();
    for (uri, cookies, expected) in [
        (
            "/?__clerk_handshake_nonce=n1",
            String::new(),
            "signed-out handshake-unavailable",
        ),
        (
            "/",
            format!("{cookies}; __refresh_{{s}}=rt_1"),
            "handshake session-token-expired-refresh-fetch-error",
        ),
    ] {
        let since = tokio::time::Instant::now();
        let parts = navigation(PRODUCTION, uri, &cookies);
        let state = authenticator.authenticate(&parts).await;
        assert_eq!(summary(&state), expected);
        assert_eq!(since.elapsed().as_secs(), 5);
    }
}

#[tokio::test]
async fn all_nonces_are_exchanged_with_one_http_client() {
    let clerk = Emulator::start().await.expect("a free port");
    let (config, clients) = counting_clients(&clerk);
    let authenticator = Authenticator::new(config).verifier(verifier());
    let authenticator = authenticator
        .publishable_key(PRODUCTION)
        .expect("a valid publishable key");
    let before = clients();
    let directives = json!({"directives": [format!("__session={}", token(json!({})))]});
    for number in 0..3 {
        respond(&clerk, 200, &directives);
        let uri = format!("/?__clerk_handshake_nonce=nonce_{number}");
        let state = authenticator
            .authenticate(&navigation(PRODUCTION, &uri, ""))
            .await;
        assert_eq!(summary(&state), "signed-in user_1");
    }
    assert_eq!(clerk.requests().len(), 3);
    assert_eq!(clients(), before);
}
