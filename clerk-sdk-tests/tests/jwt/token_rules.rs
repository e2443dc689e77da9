//! Tests of the optional rules of a verifier: authorized parties, audience and issuer.

use clerk_sdk::jwt::Verifier;
use clerk_sdk_tests::Signer;
use serde_json::{Value, json};

use super::{claims_with, rejection, verifier};

#[test]
fn tokens_must_match_the_audience_and_the_issuers() {
    let verify = |set: fn(Verifier) -> Verifier, changes: Value| {
        let token = Signer::instance().sign(&claims_with(changes));
        set(verifier()).verify_cached(&token)
    };
    let audience: fn(Verifier) -> Verifier = |it| it.audiences(["api"]);
    assert!(verify(audience, json!({"aud": "api"})).is_ok());
    assert!(verify(audience, json!({"aud": ["web", "api"]})).is_ok());
    for aud in [Value::Null, json!("web"), json!([]), json!("")] {
        let expected = "token-verification-failed: the token is intended for another audience";
        assert_eq!(rejection(verify(audience, json!({"aud": aud}))), expected);
    }

    let issuer: fn(Verifier) -> Verifier =
        |it| it.issuers(["https://clerk.example.com", "https://example.com/proxy"]);
    assert!(verify(issuer, json!({})).is_ok());
    assert!(verify(issuer, json!({"iss": "https://example.com/proxy"})).is_ok());
    for iss in [
        Value::Null,
        json!("https://clerk.evil.com"),
        json!("https://clerk.example.com/"),
    ] {
        let expected = "token-invalid-issuer: the token was issued by another issuer";
        assert_eq!(rejection(verify(issuer, json!({"iss": iss}))), expected);
    }
}

#[test]
fn an_empty_list_rejects_every_token() {
    const NONE: [&str; 0] = [];
    for set in [
        |it: Verifier| it.audiences(NONE),
        |it: Verifier| it.issuers(NONE),
    ] {
        let claims = claims_with(json!({"aud": "api"}));
        assert!(
            set(verifier())
                .verify_cached(&Signer::instance().sign(&claims))
                .is_err()
        );
    }
    // A missing claim does not match an empty string, so an empty option rejects every token as well.
    for set in [
        |it: Verifier| it.audiences([""]),
        |it: Verifier| it.issuers([""]),
    ] {
        let claims = claims_with(json!({"iss": null}));
        assert!(
            set(verifier())
                .verify_cached(&Signer::instance().sign(&claims))
                .is_err()
        );
    }
}
