//! An expired session token is refreshed with the browser's refresh token.

use clerk_sdk::auth::AuthErrorReason;
use clerk_sdk_tests::{Emulator, Signer};
use http::request::Parts;
use http::{HeaderValue, Method};
use serde_json::{Value, json};

use super::fixture::{
    APP, NOW, PRODUCTION, authenticator, authenticator_for, claims, cookie_suffix, location,
    navigation, stubbed_response, summary, token,
};

fn expired_token() -> String {
    token(json!({"exp": NOW - 60}))
}

/// Returns a navigation with an expired session token and a refresh token.
fn refreshable_navigation() -> Parts {
    let (session, uat) = (expired_token(), NOW - 100);
    let suffixed = format!("__session_{{s}}={session}; __client_uat_{{s}}={uat}");
    navigation(
        PRODUCTION,
        "/a",
        &format!("{suffixed}; __refresh_{{s}}=rt_1"),
    )
}

/// Sets the response to the next refresh.
fn respond(clerk: &Emulator, status: u16, body: &Value) {
    clerk.stub(stubbed_response(
        "POST",
        "/sessions/sess_1/refresh",
        status,
        body,
    ));
}

/// Returns the response body of a refresh.
fn cookies_response(list: &[&str]) -> Value {
    json!({"object": "cookies", "cookies": list})
}

#[tokio::test]
async fn expired_session_is_refreshed_with_one_call() {
    let clerk = Emulator::start().await.expect("a free port");
    let authenticator = authenticator_for(&clerk, PRODUCTION);
    let fresh = format!("__session_x={}; Path=/; Secure", token(json!({})));
    let list = ["__client_uat=5; Path=/", fresh.as_str()];
    let mut parts = refreshable_navigation();
    let mut call = refreshable_navigation();
    call.headers
        .insert("sec-fetch-dest", HeaderValue::from_static("empty"));
    for parts in [&mut parts, &mut call] {
        let cookie = parts.headers["cookie"].as_bytes();
        let others = b"basket=zebra; name=J\xfcrgen; __session=other; __session_other=1; __refresh_other=rt_0; \
            __clerk_db_jwt=dvb_1; __clerk_handshake=h; __client_uat_=1; __clients=2; ";
        let cookie = [&others[..], cookie].concat();
        let cookie = HeaderValue::from_bytes(&cookie).expect("a header");
        parts.headers.insert("cookie", cookie);
        parts
            .headers
            .insert("user-agent", HeaderValue::from_static("browser"));
        respond(&clerk, 200, &cookies_response(&list));
        let state = authenticator.authenticate(parts).await;
        assert_eq!(summary(&state), "signed-in user_1");
        let set: Vec<_> = state.headers().get_all("set-cookie").iter().collect();
        assert_eq!(set, list);
        assert_eq!(state.headers()["cache-control"], "no-store");
        assert!(state.redirect().is_none());
        assert!(!format!("{state:?}").contains(&fresh));
    }
    let requests = clerk.requests();
    assert_eq!(requests.len(), 2);
    let sent: Value = serde_json::from_slice(&requests[0].body).expect("a JSON body");
    let suffix = cookie_suffix(PRODUCTION);
    assert_eq!(
        sent,
        json!({
            "format": "cookie", "expired_token": expired_token(), "refresh_token": "rt_1",
            "request_origin": APP,
            "request_headers": {
                "sec-fetch-dest": ["document"], "user-agent": ["browser"],
                "cookie": [format!(
                    "__clerk_db_jwt=dvb_1; __session_{suffix}={}; __client_uat_{suffix}={}; \
                     __refresh_{suffix}=rt_1",
                    expired_token(), NOW - 100,
                )],
            },
        })
    );
}

#[tokio::test]
async fn expired_bearer_token_is_refreshed_without_forwarding_the_header() {
    let clerk = Emulator::start().await.expect("a free port");
    let mut parts = refreshable_navigation();
    let bearer = HeaderValue::try_from(format!("Bearer {}", expired_token()));
    parts
        .headers
        .insert("authorization", bearer.expect("an ASCII header"));
    let fresh = format!("__session={}", token(json!({})));
    respond(&clerk, 200, &cookies_response(&[&fresh]));
    let state = authenticator_for(&clerk, PRODUCTION)
        .authenticate(&parts)
        .await;
    assert_eq!(summary(&state), "signed-in user_1");
    let request = clerk.requests().pop().expect("a request");
    let sent: Value = serde_json::from_slice(&request.body).expect("a JSON body");
    assert!(sent["request_headers"].get("authorization").is_none());
}

#[tokio::test]
async fn failed_refresh_starts_a_handshake_with_the_reason() {
    let clerk = Emulator::start().await.expect("a free port");
    let stale = format!("__session={}", expired_token());
    let error = |code: &str| json!({"errors": [{"code": code, "message": "", "long_message": ""}]});
    for (number, (status, body, why)) in [
        (401, error("session_not_found"), "session_not_found"),
        (429, error("too_many_requests"), "too_many_requests"),
        (500, error("unexpected_error"), "fetch-error"),
        (400, error("a\r\nb: c"), "unexpected-bapi-error"),
        (400, error(&"a".repeat(65)), "unexpected-bapi-error"),
        (503, json!({"errors": []}), "unexpected-bapi-error"),
        (
            200,
            json!({"object": "token", "jwt": token(json!({}))}),
            "unexpected-bapi-error",
        ),
        (200, json!([]), "unexpected-bapi-error"),
        (200, cookies_response(&[]), "unexpected-sdk-error"),
        (
            200,
            cookies_response(&["__client_uat=5"]),
            "invalid-session-token",
        ),
        (200, cookies_response(&[&stale]), "invalid-session-token"),
    ]
    .into_iter()
    .enumerate()
    {
        respond(&clerk, status, &body);
        // A new one, because an authenticator caches failures.
        let state = authenticator_for(&clerk, PRODUCTION)
            .authenticate(&refreshable_navigation())
            .await;
        let reason = format!("session-token-expired-refresh-{why}");
        assert_eq!(summary(&state), format!("handshake {reason}"), "{body}");
        assert_eq!(location(&state).1["__clerk_hs_reason"], reason);
        assert_eq!(state.headers().get_all("set-cookie").iter().count(), 1);
        assert_eq!(clerk.requests().len(), number + 1, "no retry");
        match state.reason() {
            Some(AuthErrorReason::Expired(it)) => {
                assert_eq!((it.code(), it.expired_ago().as_secs()), (why, 60));
            }
            other => panic!("{other:?}"),
        }
    }
    let unreachable = authenticator(PRODUCTION)
        .authenticate(&refreshable_navigation())
        .await;
    let expected = "handshake session-token-expired-refresh-fetch-error";
    assert_eq!(summary(&unreachable), expected);
}

#[tokio::test]
async fn only_expired_tokens_of_get_requests_with_a_refresh_cookie_are_refreshed() {
    let clerk = Emulator::start().await.expect("a free port");
    let authenticator = authenticator_for(&clerk, PRODUCTION);
    let mut posted = refreshable_navigation();
    posted.method = Method::POST;
    let state = authenticator.authenticate(&posted).await;
    let expected = "signed-out session-token-expired-refresh-non-eligible-non-get";
    assert_eq!(summary(&state), expected);

    let uat = NOW - 100;
    let not_yet_valid = token(json!({"nbf": NOW + 60}));
    let forged = Signer::with_other_key("ins_1").sign(&claims(json!({"exp": 1})));
    for (session, refresh, expected) in [
        (
            expired_token(),
            "__refresh=rt_1",
            "handshake session-token-expired-refresh-non-eligible-no-refresh-cookie",
        ),
        (
            expired_token(),
            "__refresh_{s}=",
            "handshake session-token-expired-refresh-non-eligible-no-refresh-cookie",
        ),
        (
            not_yet_valid,
            "__refresh_{s}=rt_1",
            "handshake session-token-nbf",
        ),
        (
            forged,
            "__refresh_{s}=rt_1",
            "signed-out token-invalid-signature",
        ),
    ] {
        let cookies = format!("__session={session}; __client_uat={uat}; {refresh}");
        let state = authenticator
            .authenticate(&navigation(PRODUCTION, "/", &cookies))
            .await;
        assert_eq!(summary(&state), expected, "{refresh}");
    }
    assert!(clerk.requests().is_empty());
}
