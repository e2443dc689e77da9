//! Fuzzes webhooks. The first byte of the input selects whether the rest is a signed body, or the headers and the body of a
//! request that is not signed: three headers, each with its length in a byte, and the body.
#![no_main]

use clerk_sdk::test_util::{TestWebhook, WebhookSigner};
use clerk_sdk::webhook::EventData;
use http::{HeaderMap, HeaderValue};
use libfuzzer_sys::fuzz_target;

const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

fuzz_target!(|bytes: &[u8]| {
    let (selector, rest) = bytes.split_first().unwrap_or((&0, &[]));
    let signer = WebhookSigner::new(SECRET).expect("the secret is valid");
    if selector % 2 == 0 {
        let message = signer.sign(&TestWebhook::raw(rest.to_vec()));
        // Formatting must not panic, whatever the body contains.
        match signer.verifier().verify(&message.headers, message.body) {
            Ok(event) => {
                let _ = format!("{event:?} {}", event.raw_json());
                if let EventData::Malformed { error, .. } = &event.data {
                    let _ = error.to_string();
                }
            }
            Err(error) => assert!(!error.is_unauthorized(), "{error}"),
        }
        return;
    }
    let mut headers = HeaderMap::new();
    let mut rest = rest;
    for name in ["svix-id", "svix-timestamp", "svix-signature"] {
        let (length, after) = rest.split_first().unwrap_or((&0, &[]));
        let (value, after) = after.split_at(usize::from(*length).min(after.len()));
        if let Ok(value) = HeaderValue::from_bytes(value) {
            headers.insert(name, value);
        }
        rest = after;
    }
    let result = signer.verifier().verify(&headers, rest.to_vec());
    assert!(result.is_err(), "a request that is not signed was accepted");
});
