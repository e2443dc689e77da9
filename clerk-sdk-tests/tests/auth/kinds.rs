//! Which kinds of tokens are accepted where.

use std::time::{Duration, UNIX_EPOCH};

use clerk_sdk::auth::{Authenticator, TokenKind};
use clerk_sdk::jwt::{Key, Verifier};
use clerk_sdk_tests::Signer;
use serde_json::json;

use super::{
    NOW, PRODUCTION, authenticator, claims, no_network, request, summary, token, verifier,
};

fn oauth() -> String {
    let mut header = Signer::instance().header();
    header["typ"] = json!("at+jwt");
    Signer::instance().sign_with(
        &header,
        &claims(json!({"sid": null, "client_id": "client_1", "scp": ["read"]})),
    )
}

fn m2m() -> String {
    token(json!({"sub": "mch_1", "sid": null, "jti": "mt_1", "scopes": "mch_2 mch_3"}))
}

#[test]
fn kinds_are_told_by_their_form() {
    for (token, kind) in [
        ("ak_0123".to_owned(), TokenKind::ApiKey),
        ("mt_0123".to_owned(), TokenKind::M2m),
        ("oat_0123".to_owned(), TokenKind::OAuth),
        (m2m(), TokenKind::M2m),
        (oauth(), TokenKind::OAuth),
        (token(json!({})), TokenKind::Session),
        ("".to_owned(), TokenKind::Session),
        ("odd".to_owned(), TokenKind::Session),
        ("a.b.c".to_owned(), TokenKind::Session),
        ("AK_0123".to_owned(), TokenKind::Session),
    ] {
        assert_eq!(TokenKind::of(&token), kind, "{token}");
    }
}

#[tokio::test]
async fn a_token_of_another_kind_is_refused_before_it_is_looked_at() {
    let kinds = [
        TokenKind::Session,
        TokenKind::ApiKey,
        TokenKind::M2m,
        TokenKind::OAuth,
    ];
    let tokens = [token(json!({})), "ak_0123".to_owned(), m2m(), oauth()];
    for accepted in kinds {
        let authenticator = authenticator(PRODUCTION).accept([accepted]);
        for (kind, token) in kinds.iter().zip(&tokens) {
            let bearer = format!("Bearer {token}");
            let parts = request("/", &[("authorization", &bearer)]);
            let found = summary(&authenticator.authenticate(&parts).await);
            let is_refused = found == "signed-out token-type-mismatch";
            assert_eq!(
                is_refused,
                *kind != accepted,
                "{accepted:?} {kind:?}: {found}"
            );
        }
    }
}

#[tokio::test]
async fn several_kinds_may_be_accepted() {
    let authenticator =
        authenticator(PRODUCTION).accept([TokenKind::Session, TokenKind::M2m, TokenKind::OAuth]);
    for (token, expected) in [
        (token(json!({})), "signed-in user_1"),
        (m2m(), "machine mch_1"),
        (oauth(), "machine user_1"),
    ] {
        let bearer = format!("Bearer {token}");
        let state = authenticator
            .authenticate(&request("/", &[("authorization", &bearer)]))
            .await;
        assert_eq!(summary(&state), expected);
    }
}

#[tokio::test]
async fn a_machine_may_claim_what_means_something_else_in_a_session() {
    let claimed = json!({
        "sub": "mch_1", "sid": 5, "v": "1.4.0", "act": "deploy", "pla": ["x"], "fva": "never",
        "azp": {}, "sts": 1, "fea": 1, "o": 1,
    });
    let authenticator = authenticator(PRODUCTION).accept([TokenKind::M2m]);
    let bearer = format!("Bearer {}", token(claimed.clone()));
    let state = authenticator
        .authenticate(&request("/", &[("authorization", &bearer)]))
        .await;
    assert_eq!(summary(&state), "machine mch_1");
    let machine = state.machine().expect("it is one");
    for name in ["sid", "v", "act", "pla", "fva", "azp", "sts", "fea", "o"] {
        assert_eq!(machine.claims[name], claimed[name], "{name}");
    }
    assert!(!machine.claims.contains_key("exp"));
}

#[tokio::test]
async fn the_authorized_parties_outlast_another_verifier() {
    let bearer = format!("Bearer {}", token(json!({})));
    let parts = request("/", &[("authorization", &bearer)]);
    let authenticator =
        Authenticator::new(no_network()).authorized_parties(["https://else.example"]);
    // One with a list of its own replaces them; one without keeps them.
    let replaced = authenticator.clone().verifier(verifier());
    let state = replaced.authenticate(&parts).await;
    assert_eq!(summary(&state), "signed-in user_1");
    let key = Key::from_jwk(&Signer::instance().jwk()).expect("the emulator's key");
    let unlisted = Verifier::new(key).clock(|| UNIX_EPOCH + Duration::from_secs(NOW));
    let state = authenticator.verifier(unlisted).authenticate(&parts).await;
    assert_eq!(
        summary(&state),
        "signed-out token-invalid-authorized-parties"
    );
}

#[tokio::test]
async fn machines_are_never_read_from_cookies() {
    let authenticator = authenticator(PRODUCTION).accept([TokenKind::M2m]);
    let cookies = format!("__session={}; __client_uat=1", m2m());
    let state = authenticator
        .authenticate(&request("/", &[("cookie", &cookies)]))
        .await;
    assert_eq!(summary(&state), "signed-out session-token-and-uat-missing");
}
