//! Tests that the cache of verified tokens returns the same results as verifying again.

use std::time::Duration;

use clerk_sdk::jwt::{TokenErrorKind, Verifier};
use clerk_sdk_tests::Signer;
use serde_json::json;

use super::{Clock, claims, claims_with, key, token};

#[test]
fn a_cached_token_returns_the_session_that_was_verified() {
    let verifier = super::verifier().cache(10);
    let first = verifier
        .verify_cached(&token())
        .expect("the token is valid");
    let again = verifier
        .verify_cached(&token())
        .expect("the token is still valid");
    assert_eq!(first, again);
    let other = Signer::instance().sign(&claims_with(json!({"sub": "user_2"})));
    assert_eq!(
        verifier
            .verify_cached(&other)
            .expect("the token is valid")
            .user_id(),
        "user_2"
    );
}

#[test]
fn a_cached_token_expires() {
    let clock = Clock::new();
    let verifier = Verifier::new(key()).clock(clock.read()).cache(10);
    assert!(verifier.verify_cached(&token()).is_ok());
    clock.advance(55);
    assert!(matches!(
        verifier
            .verify_cached(&token())
            .map_err(|error| error.kind()),
        Err(TokenErrorKind::Expired)
    ));
    clock.set_millis(1_000);
    assert!(matches!(
        verifier
            .verify_cached(&token())
            .map_err(|error| error.kind()),
        Err(TokenErrorKind::NotYetValid)
    ));
}

#[test]
fn changing_the_rules_empties_the_cache() {
    let lax = super::verifier().cache(10);
    assert!(lax.verify_cached(&token()).is_ok());
    let strict = lax.clone().authorized_parties(["https://other.example"]);
    let strict = strict.expect("an origin");
    assert!(matches!(
        strict.verify_cached(&token()).map_err(|error| error.kind()),
        Err(TokenErrorKind::UnauthorizedParty)
    ));
    assert!(lax.verify_cached(&token()).is_ok());

    let pending = Signer::instance().sign(&claims_with(json!({"sts": "pending"})));
    let accepting = lax.clone().accept_pending();
    assert!(accepting.verify_cached(&pending).is_ok());
    assert!(lax.verify_cached(&pending).is_err());
    assert!(lax.leeway(Duration::ZERO).verify_cached(&token()).is_ok());
}

#[test]
fn a_rejected_token_is_not_cached() {
    let verifier = super::verifier().cache(10);
    assert!(verifier.verify_cached(&token()).is_ok());
    let forged = Signer::with_other_key("ins_1").sign(&claims());
    for _ in 0..3 {
        assert!(matches!(
            verifier
                .verify_cached(&forged)
                .map_err(|error| error.kind()),
            Err(TokenErrorKind::InvalidSignature)
        ));
        let mut cut = token();
        cut.pop();
        assert!(verifier.verify_cached(&cut).is_err());
        assert!(verifier.verify_cached(&"a".repeat(20_000)).is_err());
    }
}

#[test]
fn a_full_cache_still_verifies_every_token() {
    // Results stay correct while tokens evict each other.
    let verifier = super::verifier().cache(2);
    let users: Vec<String> = (0..20).map(|number| format!("user_{number}")).collect();
    for _ in 0..2 {
        for user in &users {
            let token = Signer::instance().sign(&claims_with(json!({"sub": user})));
            assert_eq!(
                verifier.verify_cached(&token).expect("valid").user_id(),
                user
            );
        }
    }
    assert!(super::verifier().cache(0).verify_cached(&token()).is_ok());
}
