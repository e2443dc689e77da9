//! Tokens and API keys.

use clerk_sdk::List;
use clerk_sdk::types::{
    ActorToken, ApiKey, M2mToken, OAuthAccessToken, OAuthAccessTokenVerification,
    VerifiedOAuthAccessToken,
};
use serde_json::json;

use super::Expectation;
use crate::corpus::Payload;

pub(super) const EXPECTATIONS: &[Expectation] = &[
    ("oauth_verify_full", |payload| {
        let token = verified(payload);
        assert_eq!(token.aud, Some(json!(["https://www.example.com/mcp"])));
        assert_eq!(token.type_.as_deref(), Some("authorization_code"));
        assert_eq!(token.scopes, ["openlaunch:read"]);
    }),
    ("oauth_verify_short", |payload| {
        let token = verified(payload);
        assert_eq!((&*token.subject, token.revoked), ("user_1", false));
        assert_eq!(token.aud, None);
    }),
    ("oauth_access_tokens", |payload| {
        let tokens: List<OAuthAccessToken> = payload.value();
        assert_eq!(tokens.data[0].external_account_id, "eac_demo");
        assert_eq!(tokens.data[0].id_token, None);
    }),
    ("m2m_token_go", |payload| {
        let token: M2mToken = payload.value();
        assert_eq!(token.claims, Some(json!({"agent_id": "a", "aud": "x"})));
        assert_eq!((token.name, token.created_by), (None, None));
    }),
    ("actor_token", |payload| {
        let token: ActorToken = payload.value();
        assert_eq!(token.actor["sub"], "actor_id");
        assert_eq!(token.status, "");
    }),
    ("api_key_python", |payload| {
        let key: ApiKey = payload.value();
        assert_eq!(key.created_by.as_deref(), Some("user_1"));
        assert_eq!(key.scopes, ["read", "write"]);
        assert_eq!(key.claims, Some(json!({"foo": "bar"})));
    }),
];

fn verified(payload: &Payload) -> VerifiedOAuthAccessToken {
    match payload.value() {
        OAuthAccessTokenVerification::VerifiedOAuthAccessToken(token) => *token,
        other => panic!("{other:?}"),
    }
}
