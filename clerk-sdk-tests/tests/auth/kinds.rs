//! Which kinds of tokens are accepted where.

use clerk_sdk::auth::TokenKind;
use clerk_sdk_tests::Signer;
use serde_json::json;

use super::{PRODUCTION, authenticator, claims, request, summary, token};

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
async fn machines_are_never_read_from_cookies() {
    let authenticator = authenticator(PRODUCTION).accept([TokenKind::M2m]);
    let cookies = format!("__session={}; __client_uat=1", m2m());
    let state = authenticator
        .authenticate(&request("/", &[("cookie", &cookies)]))
        .await;
    assert_eq!(summary(&state), "signed-out session-token-and-uat-missing");
}
