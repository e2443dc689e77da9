//! Old handshake tokens, those of somebody else, and other tokens sign nobody in or out.

use clerk_sdk_tests::{Emulator, Signer};
use serde_json::{Value, json};

use super::fixture::{
    APP, DEVELOPMENT, NOW, PRODUCTION, authenticator, authenticator_for, claims, handshake_token,
    navigation, sets_cookies, signed_in_cookies, stubbed_response, summary, token, with_members,
};

/// Returns the URI to which a browser returns with a handshake token.
fn return_uri(handshake: &str) -> String {
    format!("/a?__clerk_handshake={handshake}")
}

/// Returns a handshake token with a session of `user_1` and these claims.
fn handshake_with(members: Value) -> String {
    let cookie = format!("__session={}", token(json!({})));
    Signer::instance().sign(&with_members(json!({"handshake": [cookie]}), members))
}

/// Returns the result for a browser without cookies.
async fn outcome(key: &str, handshake: &str) -> String {
    let parts = navigation(key, &return_uri(handshake), "__clerk_db_jwt=dvb_1");
    let state = authenticator(key).authenticate(&parts).await;
    assert_eq!(sets_cookies(&state), state.is_authenticated());
    summary(&state)
}

#[tokio::test]
async fn handshake_tokens_are_accepted_for_a_minute() {
    let day = 24 * 60 * 60;
    let (ok, none) = (
        "signed-in user_1",
        "signed-out session-token-and-uat-missing",
    );
    let old = "signed-out token-expired";
    // The claims, and the outcomes in production and in development, which tolerates a clock that is a day off.
    for (times, production, development) in [
        (json!({"iat": NOW}), ok, ok),
        (json!({"iat": NOW + 5}), ok, ok),
        (json!({"iat": NOW - 60}), ok, ok),
        (json!({"iat": NOW - 61}), none, ok),
        (json!({"iat": NOW + 6}), none, ok),
        (json!({"iat": NOW - 60 - day}), none, ok),
        (json!({"iat": NOW - 61 - day}), none, old),
        (
            json!({"iat": NOW + 1 + day}),
            none,
            "signed-out session-token-iat-in-the-future",
        ),
        (json!({"iat": NOW, "exp": NOW + 600}), ok, ok),
        (json!({"iat": NOW - 61, "exp": NOW + 600}), none, ok),
        (json!({"iat": NOW - 30, "exp": NOW - 5}), none, ok),
        (json!({"exp": NOW + 60}), ok, ok),
        (json!({"exp": NOW - 4}), ok, ok),
        (json!({"exp": NOW - 5}), none, ok),
        (json!({"exp": NOW - 1 - day}), none, old),
        (json!({"exp": NOW + 600}), ok, ok),
        (
            json!({"iat": i64::MAX}),
            none,
            "signed-out session-token-iat-in-the-future",
        ),
        (json!({"iat": i64::MIN}), none, old),
        (json!({"iat": null, "exp": null}), ok, ok),
        (
            json!({"iat": "x"}),
            none,
            "signed-out token-verification-failed",
        ),
    ] {
        let handshake = handshake_with(times.clone());
        assert_eq!(outcome(PRODUCTION, &handshake).await, production, "{times}");
        assert_eq!(
            outcome(DEVELOPMENT, &handshake).await,
            development,
            "{times}"
        );
    }
}

#[tokio::test]
async fn handshake_tokens_that_do_not_limit_their_age_are_accepted_once() {
    for (times, is_single_use) in [
        (json!({}), true),
        (json!({"exp": NOW + 600}), true),
        (json!({"exp": NOW + 61}), true),
        (json!({"exp": NOW + 60}), false),
        (json!({"iat": NOW - 1}), false),
    ] {
        for key in [PRODUCTION, DEVELOPMENT] {
            let first = authenticator(key);
            // Configured from the same authenticator.
            let second = first.clone().trust_forwarded_headers();
            let cookies = "__clerk_db_jwt=dvb_1";
            let parts = navigation(key, &return_uri(&handshake_with(times.clone())), cookies);
            let state = first.authenticate(&parts).await;
            assert_eq!(summary(&state), "signed-in user_1", "{times}");
            for authenticator in [&first, &second] {
                let state = authenticator.authenticate(&parts).await;
                let expected = match (is_single_use, key) {
                    (false, _) => "signed-in user_1",
                    (true, PRODUCTION) => "signed-out session-token-and-uat-missing",
                    (true, _) => "signed-out handshake-spent",
                };
                assert_eq!(summary(&state), expected, "{times}");
                assert_eq!(sets_cookies(&state), !is_single_use, "{times}");
                if key == DEVELOPMENT {
                    assert_eq!(state.redirect().expect("a clean URL"), &format!("{APP}/a"));
                }
            }
        }
    }
}

#[tokio::test]
async fn old_token_without_a_session_does_not_sign_out() {
    let handshake = handshake_token(&["__session=; Max-Age=0", "__client_uat=0"]);
    let authenticator = authenticator(PRODUCTION);
    let parts = navigation(PRODUCTION, &return_uri(&handshake), "");
    let state = authenticator.authenticate(&parts).await;
    assert_eq!(summary(&state), "signed-out session-token-missing");
    for uri in ["/".to_owned(), return_uri(&handshake)] {
        let cookies = format!("{}; __clerk_handshake={handshake}", signed_in_cookies());
        let state = authenticator
            .authenticate(&navigation(PRODUCTION, &uri, &cookies))
            .await;
        assert_eq!(summary(&state), "signed-in user_own");
        assert!(!sets_cookies(&state));
    }
}

#[tokio::test]
async fn signed_in_browser_takes_no_handshake_token_from_a_link_in_production() {
    let fresh = handshake_with(json!({"iat": NOW}));
    let expired = token(json!({"sub": "user_own", "exp": NOW - 60}));
    let expired = format!("__session={expired}; __client_uat={}", NOW - 100);
    let signed_out_since = token(json!({"sub": "user_own"}));
    let signed_out_since = format!("__session={signed_out_since}; __client_uat={NOW}");
    let own = signed_in_cookies();
    for (uri, cookies, expected) in [
        (return_uri(&fresh), own.clone(), "signed-in user_own"),
        (
            return_uri(&fresh),
            format!("{own}; __clerk_handshake={fresh}"),
            "signed-in user_1",
        ),
        (
            "/".to_owned(),
            format!("{own}; __clerk_handshake={fresh}"),
            "signed-in user_1",
        ),
        // The session has to be renewed, so the browser is not signed in.
        (return_uri(&fresh), expired, "signed-in user_1"),
        (return_uri(&fresh), signed_out_since, "signed-in user_1"),
    ] {
        let parts = navigation(PRODUCTION, &uri, &cookies);
        let state = authenticator(PRODUCTION).authenticate(&parts).await;
        assert_eq!(summary(&state), expected, "{uri} {cookies}");
        assert_eq!(sets_cookies(&state), expected == "signed-in user_1");
    }
    let parts = navigation(DEVELOPMENT, &return_uri(&fresh), &own);
    let state = authenticator(DEVELOPMENT).authenticate(&parts).await;
    assert_eq!(summary(&state), "signed-in user_1");

    let clerk = Emulator::start().await.expect("a free port");
    let directives = json!({"directives": [format!("__session={}", token(json!({})))]});
    clerk.stub(stubbed_response(
        "GET",
        "/clients/handshake_payload",
        200,
        &directives,
    ));
    let parts = navigation(PRODUCTION, "/?__clerk_handshake_nonce=n1", &own);
    let state = authenticator_for(&clerk, PRODUCTION)
        .authenticate(&parts)
        .await;
    assert_eq!(summary(&state), "signed-in user_1");
}

#[tokio::test]
async fn other_tokens_with_a_custom_claim_are_no_handshake_tokens() {
    let cookie = format!("__session={}", token(json!({"sub": "user_evil"})));
    let custom = json!({"handshake": [cookie]});
    let session = claims(custom.clone());
    let template = claims(with_members(custom.clone(), json!({"sid": null})));
    let machine = with_members(custom, json!({"sub": "mch_1", "exp": NOW + 50, "iat": NOW}));
    for claims in [session, template, machine] {
        let handshake = Signer::instance().sign(&claims);
        let none = "signed-out session-token-and-uat-missing";
        assert_eq!(outcome(PRODUCTION, &handshake).await, none, "{claims}");
        let mismatch = "signed-out token-type-mismatch";
        assert_eq!(outcome(DEVELOPMENT, &handshake).await, mismatch, "{claims}");
    }
}
