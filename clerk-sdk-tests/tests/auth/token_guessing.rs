//! Guessed machine tokens cost at most one call to Clerk each.

use clerk_sdk::RetryPolicy;
use serde_json::json;

use super::machine_fixture::{API_KEYS, M2M, MachineFixture, OAUTH, valid_token};

#[tokio::test]
async fn malformed_tokens_are_rejected_without_a_call() {
    let fixture = MachineFixture::new().await;
    let unknown = "token-invalid: the token does not exist";
    let long = format!("ak_{}", "a".repeat(510));
    for (token, expected) in [
        ("ak_", unknown),
        ("oat_", unknown),
        ("mt_a b", unknown),
        ("ak_\u{e4}", unknown),
        ("ak_a\"}", unknown),
        (
            &long,
            "token-verification-failed: the token is longer than 512 bytes",
        ),
    ] {
        assert_eq!(fixture.verify(token).await, expected, "{token}");
    }
    assert_eq!(fixture.request_count(), 0);

    for token in ["ak_aZ0/+=", "ak_a.b-c_d~", &long[..512]] {
        fixture.respond(API_KEYS, 200, &valid_token());
        assert_eq!(fixture.verify(token).await, "ApiKey user_1 a,b", "{token}");
    }
}

#[tokio::test]
async fn calls_are_not_retried_even_after_retry_after() {
    let fixture = MachineFixture::with_retry(RetryPolicy::default()).await;
    for (count, token) in ["ak_1", "mt_1", "oat_1"].into_iter().enumerate() {
        for path in [API_KEYS, M2M, OAUTH] {
            fixture.respond(path, 429, &json!({"errors": []}));
        }
        assert_eq!(
            fixture.verify(token).await,
            "unexpected-error: cannot verify the token with Clerk"
        );
        assert_eq!(fixture.request_count(), count + 1);
    }
}
