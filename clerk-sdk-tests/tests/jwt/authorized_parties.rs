//! Tests of the authorized parties: whose tokens are accepted, and what the error of a rejected one says.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use clerk_sdk::jwt::{TokenErrorKind, Verifier};
use clerk_sdk_tests::Signer;
use serde_json::{Value, json};

use super::{claims_with, rejection, verifier};

fn token(azp: &Value) -> String {
    Signer::instance().sign(&claims_with(json!({"azp": azp})))
}

fn parties(origins: &[&str]) -> Verifier {
    let verifier = verifier().authorized_parties(origins.iter().copied());
    verifier.expect("origins")
}

#[test]
fn only_tokens_of_listed_origins_are_accepted_and_the_list_is_not_revealed() {
    let parties = parties(&["https://app.example.com/", "https://*.preview.example.com"]);
    for azp in [
        "https://app.example.com",
        "https://pr-7.preview.example.com",
    ] {
        let session = parties.verify_cached(&token(&json!(azp)));
        session.unwrap_or_else(|error| panic!("{azp}: {error}"));
    }
    let evil = |azp: &str| format!("the token is from {azp}, not an authorized party");
    let not_origin = "the authorized party (`azp`) of the token is not an origin";
    for (azp, message) in [
        (
            Value::Null,
            "the token names no authorized party (`azp`)".to_owned(),
        ),
        (json!("https://evil.example"), evil("https://evil.example")),
        (
            json!("https://app.example.com.evil.example"),
            evil("https://app.example.com.evil.example"),
        ),
        (
            json!("https://APP.example.com"),
            evil("https://APP.example.com"),
        ),
        (json!("https://app.example.com/"), not_origin.to_owned()),
        (json!("a secret"), not_origin.to_owned()),
        (
            json!(format!("https://{}", "a".repeat(300))),
            not_origin.to_owned(),
        ),
        (json!(""), not_origin.to_owned()),
    ] {
        let result = parties.verify_cached(&token(&azp));
        let error = result.as_ref().expect_err("it is rejected");
        assert_eq!(error.kind(), TokenErrorKind::UnauthorizedParty);
        assert_eq!(error.is_missing_party(), azp.is_null());
        let party = azp.as_str().filter(|_| message != not_origin);
        assert_eq!(error.rejected_party(), party);
        let expected = ["https://app.example.com", "https://*.preview.example.com"];
        assert_eq!(error.expected(), Some(&expected.map(str::to_owned)[..]));
        let expected = format!("token-invalid-authorized-parties: {message}");
        assert_eq!(rejection(result), expected);
    }
}

#[test]
fn invalid_lists_are_rejected_at_set_up() {
    let error = |origins: &[&str]| {
        let result = verifier().authorized_parties(origins.iter().copied());
        result.expect_err("it is not a list of origins").to_string()
    };
    assert!(error(&[]).contains("is empty"));
    for origin in ["", "app.example.com", "https://a.example/path", "*"] {
        let error = error(&["https://app.example.com", origin]);
        assert!(error.contains("is not an origin"), "{error}");
    }
}

#[test]
fn predicate_accepts_further_origins_and_its_panic_rejects_the_token() {
    let calls = Arc::new(AtomicUsize::new(0));
    let count = calls.clone();
    let parties = parties(&["https://app.example.com"]).authorized_parties_if(move |origin| {
        count.fetch_add(1, Ordering::SeqCst);
        assert!(!origin.contains("panic"), "a predicate may panic");
        origin.ends_with(".tenant.example")
    });
    for _ in 0..3 {
        for (azp, is_accepted) in [
            ("https://app.example.com", true),
            ("https://a.tenant.example", true),
            ("https://b.example", false),
            ("https://panic.tenant.example", false),
        ] {
            let result = parties.verify_cached(&token(&json!(azp)));
            assert_eq!(result.is_ok(), is_accepted, "{azp}");
        }
        assert!(parties.verify_cached(&token(&Value::Null)).is_err());
    }
    assert_eq!(calls.load(Ordering::SeqCst), 3, "results are cached");
    // Tokens that somebody else signed do not reach the predicate.
    let forged = Signer::with_other_key("ins_1");
    let forged = forged.sign(&claims_with(json!({"azp": "https://c.tenant.example"})));
    assert!(parties.verify_cached(&forged).is_err());
    assert_eq!(calls.load(Ordering::SeqCst), 3);

    let only_predicate = verifier().authorized_parties_if(|origin| origin == "https://a.example");
    assert!(
        only_predicate
            .verify_cached(&token(&json!("https://a.example")))
            .is_ok()
    );
    assert!(
        only_predicate
            .verify_cached(&token(&json!("https://b.example")))
            .is_err()
    );
}
