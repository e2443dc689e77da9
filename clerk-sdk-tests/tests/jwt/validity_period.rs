//! Tests of the bounds of the validity period, to the millisecond.

use std::time::Duration;

use clerk_sdk::jwt::{TokenError, TokenErrorKind, Verifier};
use clerk_sdk_tests::Signer;
use serde_json::{Value, json};

use super::{Clock, NOW, claims_with};

/// Verifies a token `millis` milliseconds after [`NOW`].
fn at(millis: i64, changes: Value, leeway: Duration) -> Result<(), TokenError> {
    let clock = Clock::new();
    clock.set_millis(
        (NOW * 1000)
            .checked_add_signed(millis)
            .expect("a timestamp"),
    );
    let verifier = Verifier::new(super::key())
        .leeway(leeway)
        .clock(clock.read());
    let token = Signer::instance().sign(&claims_with(changes));
    verifier.verify_cached(&token).map(|_| ())
}

const FIVE: Duration = Duration::from_secs(5);

#[test]
fn a_token_expires_after_the_leeway() {
    let exp = json!({"exp": NOW});
    assert!(at(4_999, exp.clone(), FIVE).is_ok());
    let error = at(5_000, exp.clone(), FIVE).expect_err("the token expires at exactly this time");
    assert!(
        error.kind() == TokenErrorKind::Expired && error.time_difference() == Some(FIVE),
        "{error}"
    );
    assert!(at(-1, exp.clone(), Duration::ZERO).is_ok());
    assert!(at(0, exp.clone(), Duration::ZERO).is_err());
    assert!(at(i64::from(i32::MAX), exp, Duration::MAX).is_ok());
}

#[test]
fn a_token_becomes_valid_earlier_by_the_leeway() {
    for (claim, message) in [
        ("nbf", "becomes valid in 6 s"),
        ("iat", "was issued 6 s in the future"),
    ] {
        let changes = json!({claim: NOW + 5});
        assert!(at(0, changes.clone(), FIVE).is_ok(), "{claim} at the bound");
        let error = at(-1_000, changes.clone(), FIVE).expect_err("beyond the bound");
        assert!(error.to_string().contains(message), "{error}");
        assert!(
            at(-1, changes.clone(), FIVE).is_err(),
            "{claim} a millisecond beyond"
        );
        assert!(at(5_000, changes.clone(), Duration::ZERO).is_ok());
        assert!(at(4_999, changes, Duration::ZERO).is_err());
    }
}

#[test]
fn the_leeway_is_five_seconds_by_default() {
    let clock = Clock::new();
    let verifier = Verifier::new(super::key()).clock(clock.read());
    let token = Signer::instance().sign(&claims_with(json!({"exp": NOW})));
    clock.set_millis(NOW * 1000 + 4_999);
    assert!(verifier.verify_cached(&token).is_ok());
    clock.set_millis(NOW * 1000 + 5_000);
    assert!(verifier.verify_cached(&token).is_err());
}

#[test]
fn only_the_expiry_is_required() {
    assert!(at(0, json!({"iat": null, "nbf": null}), FIVE).is_ok());
    let error = at(0, json!({"exp": null}), FIVE).expect_err("the token would never expire");
    assert!((error.kind(), error.claim()) == (TokenErrorKind::MissingClaim, Some("exp")));
}

#[test]
fn timestamps_that_are_not_whole_seconds_are_rejected() {
    for claim in ["exp", "nbf", "iat"] {
        for value in [
            json!(1.5),
            json!(1_800_000_000.0),
            json!("1800000000"),
            json!(u64::MAX),
            json!(i64::MAX),
            json!(i64::MIN),
            json!(1e300),
            json!([NOW]),
            json!(true),
        ] {
            let error = at(0, json!({claim: value.clone()}), FIVE)
                .expect_err("the value is not a timestamp");
            assert!(
                (error.kind(), error.claim()) == (TokenErrorKind::InvalidClaim, Some(claim)),
                "{value}: {error}"
            );
        }
    }
}

#[test]
fn timestamps_in_the_distant_past_and_future_are_accepted() {
    assert!(
        at(0, json!({"exp": 253_402_300_799_i64}), FIVE).is_ok(),
        "the year 9999"
    );
    assert!(at(0, json!({"iat": -1, "nbf": -1}), FIVE).is_ok());
    assert!(matches!(
        at(0, json!({"exp": -1}), FIVE).map_err(|error| error.kind()),
        Err(TokenErrorKind::Expired)
    ));
    assert!(matches!(
        at(0, json!({"nbf": 253_402_300_799_i64}), FIVE).map_err(|error| error.kind()),
        Err(TokenErrorKind::NotYetValid)
    ));
}
