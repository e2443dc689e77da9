//! The official libraries of Standard Webhooks and Svix accept what the SDK signs, and sign what the SDK accepts.

use std::time::{Duration, UNIX_EPOCH};

use clerk_sdk::test_util::{TestWebhook, WebhookSigner};
use http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

const SVIX_HEADERS: [&str; 3] = ["svix-id", "svix-timestamp", "svix-signature"];
const STANDARD_HEADERS: [&str; 3] = ["webhook-id", "webhook-timestamp", "webhook-signature"];

fn headers(names: [&'static str; 3], values: [&str; 3]) -> HeaderMap {
    let values = values.map(|it| HeaderValue::from_str(it).expect("a header value"));
    let names = names.map(HeaderName::from_static);
    names.into_iter().zip(values).collect()
}

/// What one library accepts and signs.
struct Peer {
    header_names: [&'static str; 3],
    accepts: fn(secret: &str, headers: &HeaderMap, body: &[u8]) -> bool,
    sign: fn(secret: &str, id: &str, seconds: i64, body: &[u8]) -> String,
}

const STANDARD_WEBHOOKS: Peer = Peer {
    header_names: STANDARD_HEADERS,
    accepts: |secret, headers, body| {
        let peer = standardwebhooks::Webhook::new(secret).expect("the secret is valid");
        peer.verify(body, headers).is_ok()
    },
    sign: |secret, id, seconds, body| {
        let peer = standardwebhooks::Webhook::new(secret).expect("the secret is valid");
        peer.sign(id, seconds, body).expect("the peer signs")
    },
};

const SVIX: Peer = Peer {
    header_names: SVIX_HEADERS,
    accepts: |secret, headers, body| {
        let peer = svix::webhooks::Webhook::new(secret).expect("the secret is valid");
        peer.verify(body, headers).is_ok()
    },
    sign: |secret, id, seconds, body| {
        let peer = svix::webhooks::Webhook::new(secret).expect("the secret is valid");
        peer.sign(id, seconds, body).expect("the peer signs")
    },
};

const PEERS: [Peer; 2] = [STANDARD_WEBHOOKS, SVIX];

impl Peer {
    fn accepts_what_the_sdk_signs(&self, body: &str) -> TestCaseResult {
        let signer = WebhookSigner::generate();
        let message = signer.sign(&TestWebhook::raw(body.to_owned()));
        let mut headers = HeaderMap::new();
        for (name, svix_name) in self.header_names.into_iter().zip(SVIX_HEADERS) {
            let value = message.headers[svix_name].clone();
            headers.insert(HeaderName::from_static(name), value);
        }
        let accepts = |body: &[u8]| (self.accepts)(signer.secret(), &headers, body);
        prop_assert!(accepts(&message.body));
        prop_assert!(!accepts(&[&message.body, &b" "[..]].concat()));
        Ok(())
    }

    fn signs_what_the_sdk_accepts(&self, id: &str, seconds: u32, body: &str) -> TestCaseResult {
        let signer = WebhookSigner::generate();
        let signature = (self.sign)(signer.secret(), id, i64::from(seconds), body.as_bytes());
        let timestamp = seconds.to_string();
        let headers = headers(self.header_names, [id, &timestamp, &signature]);
        let now = UNIX_EPOCH + Duration::from_secs(u64::from(seconds));
        let verifier = signer.verifier().clock(move || now);
        let verified = verifier.verify(&headers, body.to_owned());
        prop_assert!(verified.is_ok(), "{:?}", verified.err());
        let changed = verifier.verify(&headers, [body, " "].concat());
        prop_assert!(changed.is_err());
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn peers_accept_what_the_sdk_signs(body in "\\PC{0,200}") {
        for peer in PEERS {
            peer.accepts_what_the_sdk_signs(&body)?;
        }
    }

    #[test]
    fn the_sdk_accepts_what_peers_sign(
        id in "[!-~]{1,40}",
        seconds in 0..4_000_000_000_u32,
        text in "\\PC{0,80}",
    ) {
        let event = serde_json::json!({"type": text.clone(), "data": text}).to_string();
        for peer in PEERS {
            peer.signs_what_the_sdk_accepts(&id, seconds, &event)?;
        }
    }
}
