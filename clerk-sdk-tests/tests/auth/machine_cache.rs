//! Verified and unknown machine tokens are cached for a limited time.

use std::time::Duration;

use serde_json::json;

use super::fixture::NOW;
use super::machine_fixture::{API_KEYS, MachineFixture, token_with, valid_token};

#[tokio::test]
async fn verified_tokens_are_cached_for_the_lifetime() {
    let mut fixture = MachineFixture::new().await;
    fixture.machines = fixture.machines.cache(10, Duration::from_secs(30));

    fixture.respond(API_KEYS, 200, &token_with(json!({"revoked": true})));
    assert!(fixture.verify("ak_1").await.starts_with("token-invalid"));
    assert!(fixture.verify("ak_1").await.starts_with("token-invalid"));
    fixture.advance_clock(5);
    let expires_in = |seconds: u64| token_with(json!({"expiration": (NOW + seconds) * 1000}));
    fixture.respond(API_KEYS, 200, &expires_in(100));
    for _ in 0..3 {
        assert_eq!(fixture.verify("ak_1").await, "ApiKey user_1 a,b");
    }
    assert_eq!(
        fixture.request_count(),
        2,
        "revoked tokens are cached for five seconds, valid ones for the lifetime"
    );

    fixture.advance_clock(29);
    assert_eq!(fixture.verify("ak_1").await, "ApiKey user_1 a,b");
    fixture.advance_clock(1);
    fixture.respond(API_KEYS, 200, &expires_in(40));
    assert_eq!(fixture.verify("ak_1").await, "ApiKey user_1 a,b");
    assert_eq!(fixture.request_count(), 3);

    // The token expires before its cache entry does.
    fixture.advance_clock(10);
    fixture.respond(API_KEYS, 200, &token_with(json!({"expired": true})));
    assert_eq!(
        fixture.verify("ak_1").await,
        "token-invalid: the token has expired"
    );
    assert_eq!(fixture.request_count(), 4);

    // Another token is not in the cache, and another configuration has its own cache.
    fixture.respond(API_KEYS, 200, &valid_token());
    assert_eq!(fixture.verify("ak_2").await, "ApiKey user_1 a,b");
    let other = fixture.machines.clone().oauth_audiences(["api"]);
    fixture.respond(API_KEYS, 404, &json!({"errors": []}));
    assert!(other.verify("ak_2").await.is_err());
}

#[tokio::test]
async fn unknown_tokens_are_cached_for_five_seconds() {
    let fixture = MachineFixture::new().await;
    let unknown = "token-invalid: the token does not exist";

    fixture.respond(API_KEYS, 404, &json!({"errors": []}));
    assert_eq!(fixture.verify("ak_1").await, unknown);
    fixture.advance_clock(4);
    assert_eq!(fixture.verify("ak_1").await, unknown);
    assert_eq!(fixture.request_count(), 1);

    fixture.advance_clock(1);
    fixture.respond(API_KEYS, 200, &valid_token());
    assert_eq!(fixture.verify("ak_1").await, "ApiKey user_1 a,b");
    assert_eq!(fixture.request_count(), 2);

    // A failed call does not show whether the token exists.
    fixture.respond(API_KEYS, 500, &json!({"errors": []}));
    assert!(fixture.verify("ak_2").await.starts_with("unexpected-error"));
    fixture.respond(API_KEYS, 200, &valid_token());
    assert_eq!(fixture.verify("ak_2").await, "ApiKey user_1 a,b");
}
