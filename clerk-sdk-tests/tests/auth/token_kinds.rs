//! Only tokens of the accepted kinds are verified.

use std::time::{Duration, UNIX_EPOCH};

use clerk_sdk::auth::{Authenticator, TokenType};
use clerk_sdk::jwt::{Verifier, VerifyingKey};
use clerk_sdk_tests::Signer;
use serde_json::json;

use super::fixture::{
    NOW, PRODUCTION, authenticator, bearer_request, claims, no_network, request, summary, token,
    verifier,
};

fn oauth_jwt() -> String {
    let mut header = Signer::instance().header();
    header["typ"] = json!("at+jwt");
    Signer::instance().sign_with(
        &header,
        &claims(json!({"sid": null, "client_id": "client_1", "scp": ["read"]})),
    )
}

fn m2m_jwt() -> String {
    token(json!({"sub": "mch_1", "sid": null, "jti": "mt_1", "scopes": "mch_2 mch_3"}))
}

#[test]
fn kind_of_a_token_is_recognized_by_its_form() {
    for (token, kind) in [
        ("ak_0123".to_owned(), TokenType::ApiKey),
        ("mt_0123".to_owned(), TokenType::M2m),
        ("oat_0123".to_owned(), TokenType::OAuth),
        (m2m_jwt(), TokenType::M2m),
        (oauth_jwt(), TokenType::OAuth),
        (token(json!({})), TokenType::Session),
        ("".to_owned(), TokenType::Session),
        ("malformed".to_owned(), TokenType::Session),
        ("a.b.c".to_owned(), TokenType::Session),
        ("AK_0123".to_owned(), TokenType::Session),
    ] {
        assert_eq!(TokenType::detect(&token), kind, "{token}");
    }
}

#[tokio::test]
async fn tokens_of_other_kinds_are_rejected_before_verification() {
    let kinds = [
        TokenType::Session,
        TokenType::ApiKey,
        TokenType::M2m,
        TokenType::OAuth,
    ];
    let tokens = [
        token(json!({})),
        "ak_0123".to_owned(),
        m2m_jwt(),
        oauth_jwt(),
    ];
    for accepted in kinds {
        let authenticator = authenticator(PRODUCTION).accepts_token([accepted]);
        for (kind, token) in kinds.iter().zip(&tokens) {
            let parts = bearer_request(token);
            let found = summary(&authenticator.authenticate(&parts).await);
            let is_rejected = found == "signed-out token-type-mismatch";
            assert_eq!(
                is_rejected,
                *kind != accepted,
                "{accepted:?} {kind:?}: {found}"
            );
        }
    }
}

#[tokio::test]
async fn several_kinds_can_be_accepted() {
    let authenticator = authenticator(PRODUCTION).accepts_token([
        TokenType::Session,
        TokenType::M2m,
        TokenType::OAuth,
    ]);
    for (token, expected) in [
        (token(json!({})), "signed-in user_1"),
        (m2m_jwt(), "machine mch_1"),
        (oauth_jwt(), "machine user_1"),
    ] {
        let state = authenticator.authenticate(&bearer_request(&token)).await;
        assert_eq!(summary(&state), expected);
    }
}

#[tokio::test]
async fn machine_token_may_use_claims_of_session_tokens_with_other_types() {
    let custom_claims = json!({
        "sub": "mch_1", "sid": 5, "v": "1.4.0", "act": "deploy", "pla": ["x"], "fva": "never",
        "azp": {}, "sts": 1, "fea": 1, "o": 1,
    });
    let authenticator = authenticator(PRODUCTION).accepts_token([TokenType::M2m]);
    let parts = bearer_request(&token(custom_claims.clone()));
    let state = authenticator.authenticate(&parts).await;
    assert_eq!(summary(&state), "machine mch_1");
    let machine = state.machine().expect("a machine");
    for name in ["sid", "v", "act", "pla", "fva", "azp", "sts", "fea", "o"] {
        assert_eq!(machine.claims()[name], custom_claims[name], "{name}");
    }
    assert!(!machine.claims().contains_key("exp"));
}

#[tokio::test]
async fn authorized_parties_are_kept_if_a_new_verifier_has_none() {
    let parts = bearer_request(&token(json!({})));
    let authenticator =
        Authenticator::new(no_network()).authorized_parties(["https://else.example"]);
    let authenticator = authenticator.expect("an origin");
    // A verifier with authorized parties replaces them; one without keeps them.
    let replaced = authenticator.clone().verifier(verifier());
    let state = replaced.authenticate(&parts).await;
    assert_eq!(summary(&state), "signed-in user_1");
    let key = VerifyingKey::from_jwk(&Signer::instance().jwk()).expect("the emulator's key");
    let without_parties = Verifier::new(key).clock(|| UNIX_EPOCH + Duration::from_secs(NOW));
    let state = authenticator
        .verifier(without_parties)
        .authenticate(&parts)
        .await;
    assert_eq!(
        summary(&state),
        "signed-out token-invalid-authorized-parties"
    );
}

#[tokio::test]
async fn machine_tokens_in_cookies_are_ignored() {
    let authenticator = authenticator(PRODUCTION).accepts_token([TokenType::M2m]);
    let cookies = format!("__session={}; __client_uat=1", m2m_jwt());
    let state = authenticator
        .authenticate(&request("/", &[("cookie", &cookies)]))
        .await;
    assert_eq!(summary(&state), "signed-out session-token-and-uat-missing");
}
