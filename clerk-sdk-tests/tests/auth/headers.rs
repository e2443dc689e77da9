//! The headers of a state: what they show, and to whom.

use serde_json::json;

use super::handshake::handshake_token;
use super::{DEVELOPMENT, NOW, PRODUCTION, authenticator, navigation, token};

#[tokio::test]
async fn printing_a_state_shows_no_token() {
    let (session, expired) = (token(json!({})), token(json!({"exp": NOW - 60})));
    let brought = handshake_token(&[&format!("__session={session}")]);
    let sent = format!("__session={expired}; __client_uat=1; __clerk_db_jwt=dvb_zebra");
    let returned = format!("/?__clerk_handshake={brought}");
    for (uri, cookies) in [("/", sent.as_str()), (&returned, "")] {
        for key in [DEVELOPMENT, PRODUCTION] {
            let parts = navigation(key, uri, cookies);
            let state = authenticator(key).authenticate(&parts).await;
            assert!(state.headers().contains_key("set-cookie"));
            let printed = format!("{state:?} {:?} {:?}", state.headers(), state.redirect());
            for secret in [&session, &expired, &brought, "dvb_zebra"] {
                assert!(!printed.contains(secret), "{printed}");
            }
        }
    }
}

#[tokio::test]
async fn a_header_does_not_list_the_settings() {
    let bearer = format!("Bearer {}", token(json!({"azp": "https://evil.example"})));
    let parts = super::request("/", &[("authorization", &bearer)]);
    let state = authenticator(PRODUCTION).authenticate(&parts).await;
    let message = "the token is not from an authorized party";
    assert_eq!(state.headers()["x-clerk-auth-message"], message);
    let reason = state.reason().expect("it is refused").to_string();
    assert!(reason.contains(super::APP), "the program is told");
}
