//! Several authenticators of one request: what one has exchanged with Clerk, the others do not exchange again.

use clerk_sdk::auth::{Authenticator, RequestState};
use clerk_sdk_tests::{Emulator, Signer};
use http::request::Parts;
use serde_json::json;

use super::fixture::{
    NOW, PRODUCTION, authenticator_for, handshake_token, navigation, no_network, stubbed_response,
    summary, token, verifier,
};

/// A production instance with another Frontend API, `clerk.other.test`.
const OTHER_INSTANCE: &str = "pk_live_Y2xlcmsub3RoZXIudGVzdCQ";

/// Authenticates a request by several authenticators, each of which sees the state of the one before.
async fn authenticate(mut parts: Parts, authenticators: &[&Authenticator]) -> Vec<RequestState> {
    let mut states = Vec::new();
    for authenticator in authenticators {
        let state = authenticator.authenticate(&parts).await;
        parts.extensions.insert(state.clone());
        states.push(state);
    }
    states
}

fn summaries(states: &[RequestState]) -> Vec<String> {
    states.iter().map(summary).collect()
}

/// Returns two authenticators of the same instance. The second accepts no session, because of its audience.
fn authenticators(clerk: &Emulator) -> (Authenticator, Authenticator) {
    let first = authenticator_for(clerk, PRODUCTION);
    let second = first.clone().verifier(verifier().audiences(["api"]));
    (first, second)
}

#[tokio::test]
async fn handshake_is_resolved_once_whether_it_succeeds_or_not() {
    let clerk = Emulator::start().await.expect("a free port");
    let (first, strict) = authenticators(&clerk);
    let other = authenticator_for(&clerk, OTHER_INSTANCE);
    let directives = json!({"directives": [format!("__session={}", token(json!({})))]});
    let none = "signed-out session-token-and-uat-missing";
    let unavailable = "signed-out handshake-unavailable";
    for (status, expected) in [
        (200, ["signed-in user_1", none, none, "signed-in user_1"]),
        (500, [unavailable, unavailable, none, unavailable]),
    ] {
        let before = clerk.requests().len();
        clerk.stub(stubbed_response(
            "GET",
            "/clients/handshake_payload",
            status,
            &directives,
        ));
        if status == 500 {
            // The other instance asks for itself, since the nonce may be its own.
            clerk.stub(stubbed_response(
                "GET",
                "/clients/handshake_payload",
                404,
                &json!({}),
            ));
        }
        let parts = navigation(PRODUCTION, "/?__clerk_handshake_nonce=n1", "");
        let all = [&first, &strict, &other, &first];
        let states = authenticate(parts, &all).await;
        assert_eq!(summaries(&states), expected);
        let calls = if status == 500 { 2 } else { 1 };
        assert_eq!(clerk.requests().len() - before, calls, "{status}");
    }
    let handshake = handshake_token(&[&format!("__session={}", token(json!({})))]);
    let parts = navigation(PRODUCTION, &format!("/?__clerk_handshake={handshake}"), "");
    let states = authenticate(parts.clone(), &[&first, &first]).await;
    assert_eq!(summaries(&states), ["signed-in user_1"; 2]);
    assert!(!format!("{states:?}").contains(&handshake));
    // It was used, though not by another request.
    assert_eq!(summaries(&authenticate(parts, &[&first]).await), [none]);
}

#[tokio::test]
async fn session_is_refreshed_once_whether_it_succeeds_or_not() {
    let clerk = Emulator::start().await.expect("a free port");
    let (first, _) = authenticators(&clerk);
    let second = first.clone().trust_forwarded_headers();
    let expired = token(json!({"exp": NOW - 60}));
    let cookies = format!(
        "__session_{{s}}={expired}; __client_uat_{{s}}={}; __refresh_{{s}}=rt_1",
        NOW - 100
    );
    let fresh = format!("__session={}", token(json!({})));
    let body = json!({"object": "cookies", "cookies": [fresh]});
    let failed = "handshake session-token-expired-refresh-unexpected-bapi-error";
    for (status, expected) in [(200, "signed-in user_1"), (500, failed)] {
        let before = clerk.requests().len();
        clerk.stub(stubbed_response(
            "POST",
            "/sessions/sess_1/refresh",
            status,
            &body,
        ));
        let parts = navigation(PRODUCTION, "/", &cookies);
        let states = authenticate(parts, &[&first, &second, &first]).await;
        assert_eq!(summaries(&states), [expected; 3]);
        assert_eq!(clerk.requests().len() - before, 1, "{status}");
        assert!(!format!("{states:?}").contains("rt_1"));
    }
}

#[tokio::test]
async fn inner_gate_decides_and_cookies_are_kept() {
    let clerk = Emulator::start().await.expect("a free port");
    let cookie = format!("__session={}", token(json!({})));
    let handshake = Signer::instance().sign(&json!({"handshake": [cookie], "iat": NOW}));
    let browsers = authenticator_for(&clerk, PRODUCTION);
    // Reads the `Authorization` header only.
    let header_only = Authenticator::new(no_network()).verifier(verifier());
    let mut parts = navigation(PRODUCTION, &format!("/?__clerk_handshake={handshake}"), "");
    let outer = browsers.allow_all().admit(&parts).await.expect("admitted");
    assert_eq!(outer.headers()["access-control-allow-origin"], "null");
    parts.extensions.insert(outer.clone());
    let denied = header_only.require_auth().admit(&parts).await;
    let mut response = denied.expect_err("the inner gate denies the request");
    assert_eq!(response.headers()["x-clerk-auth-status"], "signed-out");
    outer.add_headers_to(response.headers_mut());
    outer.add_headers_to(response.headers_mut());
    let set: Vec<_> = response.headers().get_all("set-cookie").iter().collect();
    assert_eq!(set, [cookie.as_str()]);
    let statuses = response.headers().get_all("x-clerk-auth-status");
    assert_eq!(statuses.iter().count(), 1);
    assert!(
        !response
            .headers()
            .contains_key("access-control-allow-origin")
    );

    // A state that no gate has decided by does not supersede that of a gate.
    let parts = navigation(PRODUCTION, "/", "");
    let outer = browsers.allow_all().admit(&parts).await.expect("admitted");
    let mut parts = parts;
    parts.extensions.insert(outer.clone());
    header_only.authenticate(&parts).await;
    let mut response = http::Response::new(());
    outer.add_headers_to(response.headers_mut());
    assert_eq!(response.headers()["x-clerk-auth-status"], "signed-out");
}
