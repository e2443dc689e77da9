//! The official library of Standard Webhooks accepts what the SDK signs, and signs what the SDK accepts.

use std::time::{Duration, UNIX_EPOCH};

use clerk_sdk::test_util::{TestWebhook, WebhookSigner};
use http::HeaderMap;
use proptest::prelude::*;
use standardwebhooks::Webhook;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_peer_accepts_what_the_sdk_signs(body in "\\PC{0,200}") {
        let signer = WebhookSigner::generate();
        let message = signer.sign(&TestWebhook::raw(body));
        let mut headers = HeaderMap::new();
        for (name, value) in &message.headers {
            let name = name.as_str().replace("svix-", "webhook-");
            let name: http::HeaderName = name.parse().expect("a header name");
            headers.insert(name, value.clone());
        }
        let peer = Webhook::new(signer.secret()).expect("the secret is valid");
        prop_assert!(peer.verify(&message.body, &headers).is_ok());
    }

    #[test]
    fn the_sdk_accepts_what_the_peer_signs(
        id in "[!-~]{1,40}",
        seconds in 0..4_000_000_000_u32,
        text in "\\PC{0,80}",
    ) {
        let signer = WebhookSigner::generate();
        let peer = Webhook::new(signer.secret()).expect("the secret is valid");
        let event = serde_json::json!({"type": text.clone(), "data": text}).to_string();
        let signature = peer.sign(&id, i64::from(seconds), event.as_bytes());
        let signature = signature.expect("the peer signs");
        let timestamp = seconds.to_string();
        let names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
        let headers = crate::signatures::headers(names, [&id, &timestamp, &signature]);
        let now = UNIX_EPOCH + Duration::from_secs(u64::from(seconds));
        let verifier = signer.verifier().clock(move || now);
        let verified = verifier.verify(&headers, event);
        prop_assert!(verified.is_ok(), "{:?}", verified.err());
    }
}
