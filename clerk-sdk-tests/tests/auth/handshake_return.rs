//! A browser that returns from a handshake is signed in by the handshake's cookies, unless they are rejected.

use clerk_sdk_tests::Signer;
use http::{HeaderValue, Method};
use serde_json::{Value, json};

use super::fixture::{
    DEVELOPMENT, NOW, PRODUCTION, authenticator, claims, handshake_token, navigation, sets_cookies,
    signed_in_cookies, summary, token, with_members,
};

/// Returns a handshake token that signed in another user more than a day ago.
fn old_handshake_of_another_user() -> String {
    let day = 24 * 60 * 60;
    let old = token(json!({"sub": "user_evil", "exp": NOW - day - 60, "iat": NOW - day - 120}));
    handshake_token(&[&format!("__session={old}"), "__client_uat=5"])
}

#[tokio::test]
async fn handshake_with_a_session_signs_in_and_sets_its_cookies() {
    let session = token(json!({}));
    let directives = [
        format!("__session_x={session}; Path=/; Secure"),
        "__client_uat=5".to_owned(),
    ];
    let directives: Vec<&str> = directives.iter().map(String::as_str).collect();
    let handshake = handshake_token(&directives);
    let uri = format!("/a?b=1&__clerk_handshake={handshake}");

    // In production a proxy may have moved the token from the URL to a cookie.
    for parts in [
        navigation(PRODUCTION, &uri, ""),
        navigation(PRODUCTION, "/a", &format!("__clerk_handshake={handshake}")),
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
        state.redirect().expect("a redirect to the clean URL"),
        "https://app.example.com/a?b=1"
    );
}

#[tokio::test]
async fn handshake_without_a_session_signs_out() {
    for directives in [
        vec![],
        vec!["__client_uat=0"],
        vec!["__session=; Max-Age=0", "x"],
    ] {
        let handshake = handshake_token(&directives);
        let parts = navigation(PRODUCTION, &format!("/?__clerk_handshake={handshake}"), "");
        let state = authenticator(PRODUCTION).authenticate(&parts).await;
        assert_eq!(summary(&state), "signed-out session-token-missing");
        assert_eq!(
            state.headers().get_all("set-cookie").iter().count(),
            directives.len()
        );
    }
}

#[tokio::test]
async fn forged_handshake_sets_no_cookies() {
    let cookie = format!("__session={}", token(json!({})));
    let content = json!({"handshake": [cookie]});
    let signer = Signer::instance();
    let header = |changes: Value| with_members(signer.header(), changes);
    for (forged, reason) in [
        (
            Signer::with_other_key("ins_1").sign(&content),
            "token-invalid-signature",
        ),
        ("malformed".to_owned(), "token-invalid"),
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
        assert!(!sets_cookies(&state));
        // In production the handshake is ignored.
        let state = authenticator(PRODUCTION)
            .authenticate(&navigation(PRODUCTION, &uri, ""))
            .await;
        assert_eq!(summary(&state), "signed-out session-token-and-uat-missing");
        assert!(!sets_cookies(&state));
    }
}

#[tokio::test]
async fn development_instance_tolerates_a_clock_that_is_a_day_off() {
    let old = token(json!({"exp": NOW - 3600, "iat": NOW - 3660, "nbf": NOW - 3670}));
    let handshake = handshake_token(&[&format!("__session={old}")]);
    let uri = format!("/?__clerk_handshake={handshake}");
    let state = authenticator(DEVELOPMENT)
        .authenticate(&navigation(DEVELOPMENT, &uri, ""))
        .await;
    assert_eq!(summary(&state), "signed-in user_1");
    let state = authenticator(PRODUCTION)
        .authenticate(&navigation(PRODUCTION, &uri, ""))
        .await;
    assert_eq!(summary(&state), "signed-out session-token-and-uat-missing");
    assert!(!sets_cookies(&state));
}

#[tokio::test]
async fn cookies_that_are_not_valid_headers_are_skipped() {
    let cookie = format!("__session={}", token(json!({})));
    let handshake = handshake_token(&["a=1\r\nx: y", &cookie]);
    let parts = navigation(PRODUCTION, &format!("/?__clerk_handshake={handshake}"), "");
    let state = authenticator(PRODUCTION).authenticate(&parts).await;
    let cookies: Vec<_> = state.headers().get_all("set-cookie").iter().collect();
    assert_eq!(cookies, [cookie.as_str()]);
    assert_eq!(summary(&state), "signed-in user_1");
}

#[tokio::test]
async fn stale_handshake_does_not_override_a_valid_session() {
    let (stale, cookies) = (old_handshake_of_another_user(), signed_in_cookies());
    for (uri, cookies) in [
        ("/", format!("{cookies}; __clerk_handshake={stale}")),
        (&format!("/?__clerk_handshake={stale}"), cookies),
    ] {
        let parts = navigation(PRODUCTION, uri, &cookies);
        let state = authenticator(PRODUCTION).authenticate(&parts).await;
        assert_eq!(summary(&state), "signed-in user_own");
        assert!(!sets_cookies(&state));
    }
}

#[tokio::test]
async fn replayed_handshake_sets_no_cookies() {
    let session = token(json!({"azp": "https://evil.example"}));
    let unauthorized = handshake_token(&[&format!("__session={session}")]);
    for (handshake, reason) in [
        (old_handshake_of_another_user(), "token-expired"),
        (unauthorized, "token-invalid-authorized-parties"),
    ] {
        let uri = format!("/?__clerk_handshake={handshake}");
        let state = authenticator(PRODUCTION)
            .authenticate(&navigation(PRODUCTION, &uri, ""))
            .await;
        assert_eq!(summary(&state), "signed-out session-token-and-uat-missing");
        assert!(!sets_cookies(&state));

        let state = authenticator(DEVELOPMENT)
            .authenticate(&navigation(DEVELOPMENT, &uri, &signed_in_cookies()))
            .await;
        assert_eq!(summary(&state), format!("signed-out {reason}"));
        assert!(!sets_cookies(&state));
        assert!(state.redirect().is_none());
    }
}

#[tokio::test]
async fn handshake_is_applied_to_navigations_only() {
    let handshake = handshake_token(&[&format!("__session={}", token(json!({})))]);
    let cookies = format!("{}; __clerk_handshake={handshake}", signed_in_cookies());
    for (method, destination) in [(Method::POST, "document"), (Method::GET, "empty")] {
        let mut parts = navigation(PRODUCTION, "/", &cookies);
        parts.method = method;
        let destination = HeaderValue::from_static(destination);
        parts.headers.insert("sec-fetch-dest", destination);
        let state = authenticator(PRODUCTION).authenticate(&parts).await;
        assert_eq!(summary(&state), "signed-in user_own");
        assert!(!sets_cookies(&state));
    }
}

#[tokio::test]
async fn handshake_from_a_cookie_does_not_redirect_to_the_same_url() {
    let handshake = handshake_token(&[&format!("__session={}", token(json!({})))]);
    let parts = navigation(DEVELOPMENT, "/a", &format!("__clerk_handshake={handshake}"));
    let state = authenticator(DEVELOPMENT).authenticate(&parts).await;
    assert_eq!(summary(&state), "signed-in user_1");
    assert!(state.redirect().is_none());
}
