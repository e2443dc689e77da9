//! The response headers of a request state reveal neither credentials nor configuration.

use clerk_sdk::auth::AuthErrorReason;
use serde_json::json;

use super::fixture::{
    APP, DEVELOPMENT, NOW, PRODUCTION, authenticator, bearer_request, handshake_token, navigation,
    sets_cookies, token,
};

#[tokio::test]
async fn debug_output_of_a_state_contains_no_credentials() {
    let (session, expired) = (token(json!({})), token(json!({"exp": NOW - 60})));
    let handshake = handshake_token(&[&format!("__session={session}")]);
    let cookies = format!("__session={expired}; __client_uat=1; __clerk_db_jwt=dvb_zebra");
    let return_uri = format!("/?__clerk_handshake={handshake}");
    for (uri, cookies) in [("/", cookies.as_str()), (&return_uri, "")] {
        for key in [DEVELOPMENT, PRODUCTION] {
            let parts = navigation(key, uri, cookies);
            let state = authenticator(key).authenticate(&parts).await;
            assert!(sets_cookies(&state));
            let printed = format!("{state:?} {:?} {:?}", state.headers(), state.redirect());
            for secret in [&session, &expired, &handshake, "dvb_zebra"] {
                assert!(!printed.contains(secret), "{printed}");
            }
        }
    }
}

#[tokio::test]
async fn message_header_does_not_list_the_authorized_parties() {
    let parts = bearer_request(&token(json!({"azp": "https://evil.example"})));
    let state = authenticator(PRODUCTION).authenticate(&parts).await;
    let message = "the token is from https://evil.example, not an authorized party";
    assert_eq!(state.headers()["x-clerk-auth-message"], message);
    let Some(AuthErrorReason::Token(error)) = state.reason() else {
        panic!("{state:?}");
    };
    assert!(!error.to_string().contains(APP), "it is sent in bodies");
    assert_eq!(error.expected(), Some(&[APP.to_owned()][..]));
}
