//! Tokens of machines that somebody guesses: what they cost.

use std::sync::atomic::Ordering;
use std::time::Duration;

use clerk_sdk::RetryPolicy;
use clerk_sdk_tests::StubbedResponse;
use serde_json::json;

use super::machines::{API_KEYS, Setting, good};

#[tokio::test]
async fn clerk_is_asked_only_about_what_has_the_form_of_a_token() {
    let setting = Setting::new().await;
    let unknown = "token-invalid: there is no such token";
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
        assert_eq!(setting.verify(token).await, expected, "{token}");
    }
    assert!(setting.clerk.requests().is_empty());

    for token in ["ak_aZ0/+=", "ak_a.b-c_d~", &long[..512]] {
        setting.answer(API_KEYS, 200, &good());
        assert_eq!(setting.verify(token).await, "ApiKey user_1 a,b", "{token}");
    }
}

#[tokio::test]
async fn clerk_is_asked_once_also_where_it_says_to_come_back() {
    let setting = Setting::with_retry(RetryPolicy::default()).await;
    for (count, token) in ["ak_1", "mt_1", "oat_1"].into_iter().enumerate() {
        for path in [
            API_KEYS,
            "/m2m_tokens/verify",
            "/oauth_applications/access_tokens/verify",
        ] {
            setting.clerk.stub(StubbedResponse {
                method: "POST".to_owned(),
                path: path.to_owned(),
                status: 429,
                headers: vec![("retry-after".to_owned(), "0".to_owned())],
                body: json!({"errors": []}).to_string().into_bytes(),
            });
        }
        assert_eq!(
            setting.verify(token).await,
            "unexpected-error: Clerk could not be asked about the token"
        );
        assert_eq!(setting.clerk.requests().len(), count + 1);
    }
}

#[tokio::test]
async fn an_unknown_token_is_remembered_for_five_seconds() {
    let mut setting = Setting::new().await;
    setting.machines = setting.machines.remember(10, Duration::from_secs(30));
    let unknown = "token-invalid: there is no such token";
    let asked = |setting: &Setting| setting.clerk.requests().len();

    setting.answer(API_KEYS, 404, &json!({"errors": []}));
    assert_eq!(setting.verify("ak_1").await, unknown);
    setting.now.fetch_add(4, Ordering::SeqCst);
    assert_eq!(setting.verify("ak_1").await, unknown);
    assert_eq!(asked(&setting), 1);

    setting.now.fetch_add(1, Ordering::SeqCst);
    setting.answer(API_KEYS, 200, &good());
    assert_eq!(setting.verify("ak_1").await, "ApiKey user_1 a,b");
    assert_eq!(asked(&setting), 2);

    // That Clerk could not be asked says nothing.
    setting.answer(API_KEYS, 500, &json!({"errors": []}));
    assert!(setting.verify("ak_2").await.starts_with("unexpected-error"));
    setting.answer(API_KEYS, 200, &good());
    assert_eq!(setting.verify("ak_2").await, "ApiKey user_1 a,b");

    // Shorter where everything is remembered for less.
    setting.machines = setting.machines.remember(10, Duration::from_secs(1));
    setting.answer(API_KEYS, 404, &json!({"errors": []}));
    assert_eq!(setting.verify("ak_3").await, unknown);
    setting.now.fetch_add(1, Ordering::SeqCst);
    setting.answer(API_KEYS, 200, &good());
    assert_eq!(setting.verify("ak_3").await, "ApiKey user_1 a,b");
}
