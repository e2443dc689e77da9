//! Which cookies count, and what they lead to.

use clerk_sdk_tests::Signer;
use serde_json::json;

use super::{
    DEVELOPMENT, NOW, PRODUCTION, authenticator, claims, navigation, request, summary, token,
};

async fn production(cookies: &str) -> String {
    let parts = navigation(PRODUCTION, "/", cookies);
    summary(&authenticator(PRODUCTION).authenticate(&parts).await)
}

async fn development(cookies: &str) -> String {
    let cookies = format!("__clerk_db_jwt=dvb_1; {cookies}");
    let parts = navigation(DEVELOPMENT, "/", &cookies);
    summary(&authenticator(DEVELOPMENT).authenticate(&parts).await)
}

#[tokio::test]
async fn the_pair_of_session_and_sign_in_time_decides() {
    let session = token(json!({}));
    let expired = token(json!({"exp": NOW - 60}));
    let early = token(json!({"nbf": NOW + 60}));
    let future = token(json!({"iat": NOW + 60}));
    let evil = token(json!({"azp": "https://evil.example"}));
    let partyless = token(json!({"azp": null}));
    let forged = Signer::with_other_key("ins_1").sign(&claims(json!({})));
    let template = Signer::instance().sign_with(
        &json!({"alg": "RS256", "typ": "JWT", "cat": "cl_B7d4PD222AAA"}),
        &claims(json!({})),
    );
    let machine = token(json!({"sub": "mch_1"}));
    let uat = NOW - 100;
    for (cookies, expected) in [
        (String::new(), "signed-out session-token-and-uat-missing"),
        (
            "__client_uat=0".to_owned(),
            "signed-out session-token-and-uat-missing",
        ),
        (
            "__client_uat=odd".to_owned(),
            "signed-out session-token-and-uat-missing",
        ),
        (
            "__client_uat=-5".to_owned(),
            "signed-out session-token-and-uat-missing",
        ),
        (
            format!("__client_uat={uat}"),
            "handshake client-uat-but-no-session-token",
        ),
        (
            format!("__session={session}"),
            "handshake session-token-but-no-client-uat",
        ),
        (
            format!("__session={session}; __client_uat=0"),
            "handshake session-token-but-no-client-uat",
        ),
        (
            format!("__session={session}; __client_uat={uat}"),
            "signed-in user_1",
        ),
        (
            format!("__session={session}; __client_uat={}", NOW - 10),
            "signed-in user_1",
        ),
        (
            format!("__session={session}; __client_uat={}", NOW - 9),
            "handshake session-token-iat-before-client-uat",
        ),
        (
            format!("__session={expired}; __client_uat={uat}"),
            "handshake session-token-expired-refresh-non-eligible-no-refresh-cookie",
        ),
        (
            format!("__session={early}; __client_uat={uat}"),
            "handshake session-token-nbf",
        ),
        (
            format!("__session={future}; __client_uat={uat}"),
            "handshake session-token-iat-in-the-future",
        ),
        (
            format!("__session={evil}; __client_uat={uat}"),
            "signed-out token-invalid-authorized-parties",
        ),
        (
            format!("__session={partyless}; __client_uat={uat}"),
            "signed-out token-invalid-authorized-parties",
        ),
        (
            format!("__session={forged}; __client_uat={uat}"),
            "signed-out token-invalid-signature",
        ),
        (
            format!("__session={template}; __client_uat={uat}"),
            "signed-out token-type-mismatch",
        ),
        (
            format!("__session={machine}; __client_uat={uat}"),
            "signed-out token-type-mismatch",
        ),
        (
            format!("__session=odd; __client_uat={uat}"),
            "signed-out token-invalid",
        ),
    ] {
        assert_eq!(production(&cookies).await, expected, "{cookies}");
    }
}

#[tokio::test]
async fn the_cookies_of_the_instance_are_told_from_those_of_others() {
    let own = token(json!({"sub": "user_own"}));
    let plain = token(json!({"sub": "user_plain"}));
    let newer = token(json!({"sub": "user_plain", "iat": NOW - 5}));
    let other_instance = token(json!({"sub": "user_plain", "iss": "https://clerk.other.test"}));
    let issuerless = token(json!({"sub": "user_plain", "iss": null}));
    let uat = NOW - 100;
    for (cookies, expected) in [
        (
            format!("__session_{{s}}={own}; __client_uat_{{s}}={uat}"),
            "signed-in user_own",
        ),
        (
            format!("__session={plain}; __client_uat={uat}"),
            "signed-in user_plain",
        ),
        // A plain one that cannot be read, or has no issuer, is from before there were suffixes.
        (
            format!(
                "__session=odd; __client_uat={uat}; __session_{{s}}={own}; __client_uat_{{s}}={uat}"
            ),
            "signed-out token-invalid",
        ),
        (
            format!(
                "__session={issuerless}; __client_uat={uat}; __session_{{s}}={own}; __client_uat_{{s}}={uat}"
            ),
            "signed-in user_plain",
        ),
        // One of another instance on the same site is none of ours.
        (
            format!(
                "__session={other_instance}; __client_uat={uat}; __session_{{s}}={own}; __client_uat_{{s}}={uat}"
            ),
            "signed-in user_own",
        ),
        (
            format!("__session={other_instance}; __client_uat={uat}"),
            "signed-out session-token-and-uat-missing",
        ),
        // Of two the newer counts.
        (
            format!(
                "__session={newer}; __client_uat={uat}; __session_{{s}}={own}; __client_uat_{{s}}={uat}"
            ),
            "signed-in user_plain",
        ),
        (
            format!(
                "__session={plain}; __client_uat={uat}; __session_{{s}}={own}; __client_uat_{{s}}={uat}"
            ),
            "signed-in user_own",
        ),
        // Signed out in the one, signed in in the other.
        (
            format!("__session={plain}; __client_uat={uat}; __client_uat_{{s}}=0"),
            "signed-in user_plain",
        ),
        // A session of ours without the time of its sign-in.
        (
            format!("__session_{{s}}={own}"),
            "signed-out session-token-and-uat-missing",
        ),
        // A suffix of another instance's key is just another cookie.
        (
            format!("__session_AAAAAAAA={own}; __client_uat_AAAAAAAA={uat}"),
            "signed-out session-token-and-uat-missing",
        ),
    ] {
        assert_eq!(production(&cookies).await, expected, "{cookies}");
    }
}

#[tokio::test]
async fn in_development_an_expired_session_of_ours_gives_way() {
    let expired = token(json!({"sub": "user_own", "exp": NOW - 60}));
    let uat = NOW - 100;
    let cookies = format!("__session_{{s}}={expired}; __client_uat_{{s}}={uat}; __client_uat=0");
    assert_eq!(
        development(&cookies).await,
        "signed-out session-token-and-uat-missing"
    );
    assert_eq!(
        production(&cookies).await,
        "handshake session-token-expired-refresh-non-eligible-no-refresh-cookie"
    );
}

#[tokio::test]
async fn a_header_comes_before_cookies() {
    let (header, cookie) = (
        token(json!({"sub": "user_header"})),
        token(json!({"sub": "user_cookie"})),
    );
    let cookies = format!("__session={cookie}; __client_uat={}", NOW - 100);
    for (authorization, expected) in [
        (format!("Bearer {header}"), "signed-in user_header"),
        (header.clone(), "signed-in user_header"),
        ("Basic dXNlcg==".to_owned(), "signed-in user_cookie"),
        ("Bearer ".to_owned(), "signed-in user_cookie"),
        ("Bearer odd".to_owned(), "signed-out token-invalid"),
    ] {
        let parts = request(
            "/",
            &[("authorization", &authorization), ("cookie", &cookies)],
        );
        let state = authenticator(PRODUCTION).authenticate(&parts).await;
        assert_eq!(summary(&state), expected, "{authorization}");
    }
}

#[tokio::test]
async fn what_is_no_sessions_is_not_sent_round_however_old_it_is() {
    let template = Signer::instance().sign_with(
        &json!({"alg": "RS256", "typ": "JWT", "cat": "cl_B7d4PD222AAA"}),
        &claims(json!({})),
    );
    let mut header = Signer::instance().header();
    header["typ"] = json!("at+jwt");
    let oauth = Signer::instance().sign_with(&header, &claims(json!({})));
    for session in [template, oauth, token(json!({"sub": "mch_1"}))] {
        let cookies = format!("__session={session}; __client_uat={}", NOW - 1);
        assert_eq!(
            production(&cookies).await,
            "signed-out token-type-mismatch",
            "{cookies}"
        );
    }
}

#[tokio::test]
async fn a_header_of_another_scheme_does_not_hide_the_cookies() {
    let cookies = format!("__session={}; __client_uat={}", token(json!({})), NOW - 100);
    for (headers, expected) in [
        (vec!["Digest username=\"J\u{fc}rgen\""], "signed-in user_1"),
        (vec!["Bearer a\u{fc}"], "signed-out token-invalid"),
        (vec!["\u{fc}"], "signed-out token-invalid"),
        (vec!["Basic a", "Basic b"], "signed-out token-invalid"),
    ] {
        let mut all = vec![("cookie", cookies.as_str())];
        all.extend(headers.iter().map(|value| ("authorization", *value)));
        let state = authenticator(PRODUCTION)
            .authenticate(&request("/", &all))
            .await;
        assert_eq!(summary(&state), expected, "{headers:?}");
    }
}

#[tokio::test]
async fn without_a_publishable_key_cookies_are_not_looked_at() {
    let cookies = format!("__session={}; __client_uat={}", token(json!({})), NOW - 100);
    let authenticator = clerk_sdk::auth::Authenticator::new(super::no_network());
    let authenticator = authenticator.verifier(super::verifier());
    let state = authenticator
        .authenticate(&request("/", &[("cookie", &cookies)]))
        .await;
    assert_eq!(summary(&state), "signed-out session-token-and-uat-missing");
}

#[tokio::test]
async fn malformed_cookies_are_no_cookies() {
    let long = "a".repeat(100_000);
    for cookies in [
        "",
        ";;;",
        "=",
        "__session",
        "__session=",
        "__session=%",
        "__session=%ff; x",
        long.as_str(),
    ] {
        let state = authenticator(PRODUCTION)
            .authenticate(&request("/", &[("cookie", cookies)]))
            .await;
        assert!(!state.is_signed_in(), "{cookies}");
    }
    let many = "x=1; ".repeat(100_000) + &format!("__session={}", token(json!({})));
    let state = authenticator(PRODUCTION)
        .authenticate(&request("/", &[("cookie", &many)]))
        .await;
    assert_eq!(summary(&state), "signed-out session-token-and-uat-missing");
}
