//! Coming back from a handshake with what is refused, spent, or cannot be had.

use clerk_sdk::auth::{Reason, RequestState};
use clerk_sdk_tests::{Emulator, StubbedResponse};
use http::{HeaderValue, Method};
use serde_json::json;

use super::handshake::handshake_token;
use super::{
    APP, DEVELOPMENT, NOW, PRODUCTION, authenticator, authenticator_of, navigation, summary, token,
};

/// The cookies of a user who is signed in, in either instance.
fn signed_in() -> String {
    let session = token(json!({"sub": "user_own"}));
    let uat = NOW - 100;
    format!("__clerk_db_jwt=dvb_1; __session={session}; __client_uat={uat}")
}

/// What a handshake of somebody else's brought a while ago.
fn replayed() -> String {
    let day = 24 * 60 * 60;
    let old = token(json!({"sub": "user_evil", "exp": NOW - day - 60, "iat": NOW - day - 120}));
    handshake_token(&[&format!("__session={old}"), "__client_uat=5"])
}

fn sets_nothing(state: &RequestState) -> bool {
    !state.headers().contains_key("set-cookie")
}

#[tokio::test]
async fn a_stale_handshake_does_not_hide_a_session_that_is_valid() {
    let (stale, cookies) = (replayed(), signed_in());
    for (uri, cookies) in [
        ("/", format!("{cookies}; __clerk_handshake={stale}")),
        (&format!("/?__clerk_handshake={stale}"), cookies),
    ] {
        let parts = navigation(PRODUCTION, uri, &cookies);
        let state = authenticator(PRODUCTION).authenticate(&parts).await;
        assert_eq!(summary(&state), "signed-in user_own");
        assert!(sets_nothing(&state));
    }
}

#[tokio::test]
async fn a_replayed_handshake_sets_nothing() {
    let evil = token(json!({"azp": "https://evil.example"}));
    let foreign = handshake_token(&[&format!("__session={evil}")]);
    for (brought, reason) in [
        (replayed(), "token-expired"),
        (foreign, "token-invalid-authorized-parties"),
    ] {
        let uri = format!("/?__clerk_handshake={brought}");
        let state = authenticator(PRODUCTION)
            .authenticate(&navigation(PRODUCTION, &uri, ""))
            .await;
        assert_eq!(summary(&state), "signed-out session-token-and-uat-missing");
        assert!(sets_nothing(&state));

        let state = authenticator(DEVELOPMENT)
            .authenticate(&navigation(DEVELOPMENT, &uri, &signed_in()))
            .await;
        assert_eq!(summary(&state), format!("signed-out {reason}"));
        assert!(sets_nothing(&state));
        assert!(state.redirect().is_none());
    }
}

#[tokio::test]
async fn only_what_loads_a_page_takes_a_handshake_in() {
    let brought = handshake_token(&[&format!("__session={}", token(json!({})))]);
    let cookies = format!("{}; __clerk_handshake={brought}", signed_in());
    for (method, destination) in [(Method::POST, "document"), (Method::GET, "empty")] {
        let mut parts = navigation(PRODUCTION, "/", &cookies);
        parts.method = method;
        let destination = HeaderValue::from_static(destination);
        parts.headers.insert("sec-fetch-dest", destination);
        let state = authenticator(PRODUCTION).authenticate(&parts).await;
        assert_eq!(summary(&state), "signed-in user_own");
        assert!(sets_nothing(&state));
    }
}

#[tokio::test]
async fn a_handshake_of_a_cookie_does_not_send_the_browser_to_where_it_is() {
    let brought = handshake_token(&[&format!("__session={}", token(json!({})))]);
    let parts = navigation(DEVELOPMENT, "/a", &format!("__clerk_handshake={brought}"));
    let state = authenticator(DEVELOPMENT).authenticate(&parts).await;
    assert_eq!(summary(&state), "signed-in user_1");
    assert!(state.redirect().is_none());
}

fn answer(clerk: &Emulator, status: u16, body: &serde_json::Value) {
    clerk.stub(StubbedResponse {
        method: "GET".to_owned(),
        path: "/clients/handshake_payload".to_owned(),
        status,
        headers: vec![("retry-after".to_owned(), "0".to_owned())],
        body: body.to_string().into_bytes(),
    });
}

#[tokio::test]
async fn a_nonce_is_exchanged_for_what_the_handshake_left() {
    let clerk = Emulator::start().await.expect("a free port");
    let cookie = format!("__session={}", token(json!({})));
    answer(&clerk, 200, &json!({"directives": [cookie]}));
    let parts = navigation(PRODUCTION, "/?__clerk_handshake_nonce=n-1_2", "");
    let state = authenticator_of(&clerk, PRODUCTION)
        .authenticate(&parts)
        .await;
    assert_eq!(summary(&state), "signed-in user_1");
    assert_eq!(state.headers()["set-cookie"], cookie);
    let asked = clerk.requests().pop().expect("it was asked");
    assert_eq!(asked.query.as_deref(), Some("nonce=n-1_2"));
}

#[tokio::test]
async fn a_spent_nonce_is_dropped_from_the_address() {
    let clerk = Emulator::start().await.expect("a free port");
    for status in [400, 404, 410, 422] {
        answer(&clerk, status, &json!({"errors": []}));
        let uri = "/a?b=1&__clerk_handshake_nonce=n1";
        let state = authenticator_of(&clerk, DEVELOPMENT)
            .authenticate(&navigation(DEVELOPMENT, uri, &signed_in()))
            .await;
        assert_eq!(summary(&state), "signed-out handshake-spent", "{status}");
        assert!(!state.reason().is_some_and(Reason::is_unavailable));
        let clean = state.redirect().expect("the address is cleaned");
        assert_eq!(clean, &format!("{APP}/a?b=1"));
        assert!(sets_nothing(&state));

        // In production, and where it is a cookie that was left over, the cookies decide.
        answer(&clerk, status, &json!({"errors": []}));
        let state = authenticator_of(&clerk, PRODUCTION)
            .authenticate(&navigation(PRODUCTION, uri, &signed_in()))
            .await;
        assert_eq!(summary(&state), "signed-in user_own");
        answer(&clerk, status, &json!({"errors": []}));
        let cookies = format!("{}; __clerk_handshake_nonce=n1", signed_in());
        let state = authenticator_of(&clerk, DEVELOPMENT)
            .authenticate(&navigation(DEVELOPMENT, "/", &cookies))
            .await;
        assert_eq!(summary(&state), "signed-in user_own");
    }
}

#[tokio::test]
async fn an_outage_during_a_handshake_is_no_reason_for_another() {
    let clerk = Emulator::start().await.expect("a free port");
    let mut asked = 0;
    for key in [PRODUCTION, DEVELOPMENT] {
        let authenticator = authenticator_of(&clerk, key);
        let parts = navigation(key, "/?__clerk_handshake_nonce=n1", "__client_uat=1");
        for status in [401, 429, 500, 503] {
            answer(&clerk, status, &json!({"errors": []}));
            let state = authenticator.authenticate(&parts).await;
            assert_eq!(summary(&state), "signed-out handshake-unavailable");
            assert!(state.reason().is_some_and(Reason::is_unavailable));
            assert!(state.redirect().is_none());
            asked += 1;
            assert_eq!(clerk.requests().len(), asked, "{status}: it is asked once");
        }
        let unreachable = super::authenticator(key).authenticate(&parts).await;
        assert_eq!(summary(&unreachable), "signed-out handshake-unavailable");
    }
}

#[tokio::test]
async fn clerk_is_asked_only_about_nonces_of_pages() {
    let clerk = Emulator::start().await.expect("a free port");
    let authenticator = authenticator_of(&clerk, PRODUCTION);
    let long = "a".repeat(257);
    for nonce in [&*long, "a%20b", "%C3%BC", "a%00", "%3Cb%3E"] {
        for (uri, cookie) in [
            (format!("/?__clerk_handshake_nonce={nonce}"), String::new()),
            ("/".to_owned(), format!("; __clerk_handshake_nonce={nonce}")),
        ] {
            let cookies = format!("{}{cookie}", signed_in());
            let parts = navigation(PRODUCTION, &uri, &cookies);
            let state = authenticator.authenticate(&parts).await;
            assert_eq!(summary(&state), "signed-in user_own", "{uri}");
        }
    }
    let cookies = format!("{}; __clerk_handshake_nonce=n1", signed_in());
    let mut call = navigation(PRODUCTION, "/", &cookies);
    call.headers
        .insert("sec-fetch-dest", HeaderValue::from_static("empty"));
    let state = authenticator.authenticate(&call).await;
    assert_eq!(summary(&state), "signed-in user_own");
    assert!(clerk.requests().is_empty());
}

#[tokio::test]
async fn a_page_waits_for_clerk_for_five_seconds() {
    let clerk = Emulator::start().await.expect("a free port");
    let authenticator = authenticator_of(&clerk, PRODUCTION);
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
