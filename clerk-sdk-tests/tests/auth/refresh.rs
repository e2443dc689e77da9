//! Renewing an expired session with the refresh token of its browser.

use clerk_sdk::auth::{PublishableKey, Reason};
use clerk_sdk_tests::{Emulator, StubbedResponse};
use http::request::Parts;
use http::{HeaderValue, Method};
use serde_json::{Value, json};

use super::{APP, NOW, PRODUCTION, authenticator_of, navigation, summary, token};

fn expired() -> String {
    token(json!({"exp": NOW - 60}))
}

/// A page that is loaded with an expired session and a refresh token.
fn page() -> Parts {
    let (session, uat) = (expired(), NOW - 100);
    let own = format!("__session_{{s}}={session}; __client_uat_{{s}}={uat}");
    navigation(PRODUCTION, "/a", &format!("{own}; __refresh_{{s}}=rt_1"))
}

fn answer(clerk: &Emulator, status: u16, body: &Value) {
    clerk.stub(StubbedResponse {
        method: "POST".to_owned(),
        path: "/sessions/sess_1/refresh".to_owned(),
        status,
        headers: vec![("retry-after".to_owned(), "0".to_owned())],
        body: body.to_string().into_bytes(),
    });
}

fn cookies(list: &[&str]) -> Value {
    json!({"object": "cookies", "cookies": list})
}

#[tokio::test]
async fn an_expired_session_is_renewed_by_one_call() {
    let clerk = Emulator::start().await.expect("a free port");
    let authenticator = authenticator_of(&clerk, PRODUCTION);
    let fresh = format!("__session_x={}; Path=/; Secure", token(json!({})));
    let list = ["__client_uat=5; Path=/", fresh.as_str()];
    let mut parts = page();
    let mut call = page();
    call.headers
        .insert("sec-fetch-dest", HeaderValue::from_static("empty"));
    for parts in [&mut parts, &mut call] {
        let cookie = parts.headers["cookie"].to_str().expect("it is text");
        let cookie = HeaderValue::try_from(format!("basket=zebra; {cookie}"));
        parts.headers.insert("cookie", cookie.expect("it is text"));
        parts
            .headers
            .insert("user-agent", HeaderValue::from_static("browser"));
        answer(&clerk, 200, &cookies(&list));
        let state = authenticator.authenticate(parts).await;
        assert_eq!(summary(&state), "signed-in user_1");
        let set: Vec<_> = state.headers().get_all("set-cookie").iter().collect();
        assert_eq!(set, list);
        assert!(state.redirect().is_none());
        assert!(!format!("{state:?}").contains(&fresh));
    }
    let requests = clerk.requests();
    assert_eq!(requests.len(), 2);
    let sent: Value = serde_json::from_slice(&requests[0].body).expect("it is JSON");
    let suffix = PublishableKey::parse(PRODUCTION).expect("it is one");
    let suffix = suffix.cookie_suffix();
    assert_eq!(
        sent,
        json!({
            "format": "cookie", "expired_token": expired(), "refresh_token": "rt_1",
            "request_origin": APP,
            "request_headers": {
                "sec-fetch-dest": ["document"], "user-agent": ["browser"],
                "cookie": [format!(
                    "__session_{suffix}={}; __client_uat_{suffix}={}; __refresh_{suffix}=rt_1",
                    expired(), NOW - 100,
                )],
            },
        })
    );
}

#[tokio::test]
async fn the_token_of_a_header_is_renewed_likewise_and_not_passed_on_twice() {
    let clerk = Emulator::start().await.expect("a free port");
    let mut parts = page();
    let bearer = HeaderValue::try_from(format!("Bearer {}", expired()));
    parts
        .headers
        .insert("authorization", bearer.expect("it is text"));
    let fresh = format!("__session={}", token(json!({})));
    answer(&clerk, 200, &cookies(&[&fresh]));
    let state = authenticator_of(&clerk, PRODUCTION)
        .authenticate(&parts)
        .await;
    assert_eq!(summary(&state), "signed-in user_1");
    let request = clerk.requests().pop().expect("one was made");
    let sent: Value = serde_json::from_slice(&request.body).expect("it is JSON");
    assert!(sent["request_headers"].get("authorization").is_none());
}

#[tokio::test]
async fn where_it_cannot_be_renewed_a_handshake_says_why() {
    let clerk = Emulator::start().await.expect("a free port");
    let authenticator = authenticator_of(&clerk, PRODUCTION);
    let stale = format!("__session={}", expired());
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
        (200, cookies(&[]), "unexpected-sdk-error"),
        (200, cookies(&["__client_uat=5"]), "invalid-session-token"),
        (200, cookies(&[&stale]), "invalid-session-token"),
    ]
    .into_iter()
    .enumerate()
    {
        answer(&clerk, status, &body);
        let state = authenticator.authenticate(&page()).await;
        let reason = format!("session-token-expired-refresh-{why}");
        assert_eq!(summary(&state), format!("handshake {reason}"), "{body}");
        assert_eq!(super::location(&state).1["__clerk_hs_reason"], reason);
        assert_eq!(state.headers().get_all("set-cookie").iter().count(), 1);
        assert_eq!(clerk.requests().len(), number + 1, "it is asked once");
        match state.reason() {
            Some(Reason::Expired(it)) => {
                assert_eq!((it.why(), it.expired_ago().as_secs()), (why, 60));
            }
            other => panic!("{other:?}"),
        }
    }
    let unreachable = super::authenticator(PRODUCTION).authenticate(&page()).await;
    let expected = "handshake session-token-expired-refresh-fetch-error";
    assert_eq!(summary(&unreachable), expected);
}

#[tokio::test]
async fn clerk_is_asked_only_about_what_it_may_renew() {
    let clerk = Emulator::start().await.expect("a free port");
    let authenticator = authenticator_of(&clerk, PRODUCTION);
    let mut posted = page();
    posted.method = Method::POST;
    let state = authenticator.authenticate(&posted).await;
    let expected = "signed-out session-token-expired-refresh-non-eligible-non-get";
    assert_eq!(summary(&state), expected);

    let uat = NOW - 100;
    let early = token(json!({"nbf": NOW + 60}));
    let forged =
        clerk_sdk_tests::Signer::with_other_key("ins_1").sign(&super::claims(json!({"exp": 1})));
    for (session, refresh, expected) in [
        (
            expired(),
            "__refresh=rt_1",
            "handshake session-token-expired-refresh-non-eligible-no-refresh-cookie",
        ),
        (
            expired(),
            "__refresh_{s}=",
            "handshake session-token-expired-refresh-non-eligible-no-refresh-cookie",
        ),
        (early, "__refresh_{s}=rt_1", "handshake session-token-nbf"),
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
