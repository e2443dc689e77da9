//! Session tokens without an authorized party: browsers are redirected for a new one, and tokens in the header can be
//! accepted.

use http::HeaderValue;
use serde_json::json;

use super::fixture::{
    NOW, PRODUCTION, authenticator, bearer_request, handshake_token, location, navigation, request,
    summary, token, verifier,
};

#[tokio::test]
async fn cookie_without_authorized_party_starts_a_handshake_on_a_page_load() {
    let without_party = token(json!({"azp": null}));
    let cookies = format!("__session={without_party}; __client_uat={}", NOW - 100);
    let reason = "token-invalid-authorized-parties";
    let parts = navigation(PRODUCTION, "/", &cookies);
    let state = authenticator(PRODUCTION).authenticate(&parts).await;
    assert_eq!(summary(&state), format!("handshake {reason}"));
    assert_eq!(location(&state).1["__session"], without_party);
    let mut call = parts.clone();
    let destination = HeaderValue::from_static("empty");
    call.headers.insert("sec-fetch-dest", destination);
    let state = authenticator(PRODUCTION).authenticate(&call).await;
    assert_eq!(summary(&state), format!("signed-out {reason}"));

    // A cookie of another party is not renewed, and another handshake would not help either.
    let of_other = token(json!({"azp": "https://evil.example"}));
    let of_other = format!("__session={of_other}; __client_uat={}", NOW - 100);
    let returned = handshake_token(&[&format!("__session={without_party}")]);
    let uri = format!("/?__clerk_handshake={returned}");
    for (uri, cookies) in [("/", &of_other), (&uri, &cookies)] {
        let parts = navigation(PRODUCTION, uri, cookies);
        let state = authenticator(PRODUCTION).authenticate(&parts).await;
        assert_eq!(summary(&state), format!("signed-out {reason}"), "{uri}");
    }
}

#[tokio::test]
async fn header_tokens_without_authorized_party_are_accepted_only_if_enabled() {
    let without_party = token(json!({"azp": null}));
    let bearer = bearer_request(&without_party);
    let rejected = "signed-out token-invalid-authorized-parties";
    let strict = authenticator(PRODUCTION);
    assert_eq!(summary(&strict.authenticate(&bearer).await), rejected);
    let lax = strict.accept_header_tokens_without_party();
    assert_eq!(
        summary(&lax.authenticate(&bearer).await),
        "signed-in user_1"
    );
    // Whatever the order of the settings is.
    let lax = lax.verifier(verifier());
    assert_eq!(
        summary(&lax.authenticate(&bearer).await),
        "signed-in user_1"
    );
    let of_other = bearer_request(&token(json!({"azp": "https://evil.example"})));
    assert_eq!(summary(&lax.authenticate(&of_other).await), rejected);
    let cookies = format!("__session={without_party}; __client_uat={}", NOW - 100);
    let in_cookie = request("/", &[("cookie", &cookies)]);
    assert_eq!(summary(&lax.authenticate(&in_cookie).await), rejected);
}
