//! Tests of signatures: vectors that were computed independently, rotation of secrets, and both names of the headers.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clerk_sdk::test_util::{TestWebhook, WebhookSigner};
use clerk_sdk::webhook::{Error, EventData, SecretError, Verifier};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::json;

/// The secret of the vectors.
const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const BODY: &str = r#"{"type":"user.deleted","data":{"id":"user_1"}}"#;
const SIGNED_AT: u64 = 1_700_000_000;
/// HMAC with SHA-256 of `msg_1.1700000000.` and the body, computed with Python's `hmac`.
const SIGNATURE: &str = "v1,BwGKo4monyfv4uPNN+m2f+rmrqaKnzqpZk5rcD+cUFY=";

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

fn headers(names: [&'static str; 3], values: [&str; 3]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in names.into_iter().zip(values) {
        let value = HeaderValue::from_str(value).expect("a header value");
        headers.append(HeaderName::from_static(name), value);
    }
    headers
}

const SVIX: [&str; 3] = ["svix-id", "svix-timestamp", "svix-signature"];
const STANDARD: [&str; 3] = ["webhook-id", "webhook-timestamp", "webhook-signature"];

fn verifier() -> Verifier {
    let verifier = Verifier::new(SECRET).expect("the secret is valid");
    verifier.clock(|| at(SIGNED_AT))
}

#[test]
fn the_vector_is_accepted_with_both_names_of_the_headers() {
    for names in [SVIX, STANDARD] {
        let headers = headers(names, ["msg_1", "1700000000", SIGNATURE]);
        let event = verifier()
            .verify(&headers, BODY)
            .expect("the signature fits");
        assert_eq!(event.message_id, "msg_1");
        assert_eq!(event.signed_at, at(SIGNED_AT));
        assert_eq!(event.raw_json(), BODY);
        let EventData::UserDeleted(deleted) = event.data else {
            panic!("{event:?}");
        };
        assert_eq!(deleted.id.as_deref(), Some("user_1"));
    }
}

#[test]
fn one_of_several_signatures_suffices() {
    for signatures in [
        format!("v1,AAAA {SIGNATURE}"),
        format!("v2,AAAA v1a,BBBB {SIGNATURE} v1,CCCC"),
        format!("{SIGNATURE}  v1,"),
    ] {
        let headers = headers(SVIX, ["msg_1", "1700000000", &signatures]);
        assert!(verifier().verify(&headers, BODY).is_ok(), "{signatures}");
    }
}

#[test]
fn white_space_around_headers_and_a_fraction_of_a_second_are_ignored() {
    let headers = headers(SVIX, [" msg_1", "1700000000.9 ", SIGNATURE]);
    assert!(verifier().verify(&headers, BODY).is_ok());
}

#[test]
fn each_secret_is_accepted_during_a_rotation() {
    let (old, new) = (WebhookSigner::generate(), WebhookSigner::generate());
    let verifier = new.verifier().also_accept(old.secret()).expect("a secret");
    for signer in [&old, &new] {
        let message = signer.sign(&TestWebhook::new("user.created", &json!({"id": "user_1"})));
        assert!(verifier.verify(&message.headers, message.body).is_ok());
    }
    let other = WebhookSigner::generate();
    let message = other.sign(&TestWebhook::new("user.created", &json!({"id": "user_1"})));
    let refused = verifier.verify(&message.headers, message.body);
    assert_eq!(refused.err(), Some(Error::SignatureMismatch));
}

#[test]
fn the_tolerance_is_five_minutes_both_ways() {
    let headers = headers(SVIX, ["msg_1", "1700000000", SIGNATURE]);
    let verify = |now: u64| verifier().clock(move || at(now)).verify(&headers, BODY);
    for now in [SIGNED_AT - 300, SIGNED_AT, SIGNED_AT + 300] {
        assert!(verify(now).is_ok(), "{now}");
    }
    let tolerance = Duration::from_secs(300);
    let age = Duration::from_secs(301);
    let too_old = Error::TooOld { age, tolerance };
    assert_eq!(verify(SIGNED_AT + 301).err(), Some(too_old));
    let too_new = Error::TooNew {
        ahead: age,
        tolerance,
    };
    assert_eq!(verify(SIGNED_AT - 301).err(), Some(too_new));
}

#[test]
fn secrets_are_accepted_as_they_are_copied() {
    for secret in [
        SECRET.to_owned(),
        SECRET.replace("whsec_", ""),
        format!(" {SECRET}\n"),
    ] {
        let verifier = Verifier::new(&secret).expect("the secret is valid");
        let headers = headers(SVIX, ["msg_1", "1700000000", SIGNATURE]);
        let verifier = verifier.clock(|| at(SIGNED_AT));
        assert!(verifier.verify(&headers, BODY).is_ok(), "{secret:?}");
    }
    // Without the padding that base64 has at its end.
    assert!(Verifier::new("whsec_YWJjZA").is_ok());
}

#[test]
fn secrets_that_cannot_be_used_are_errors_without_the_secret() {
    for (secret, expected) in [
        ("", SecretError::Empty),
        ("whsec_", SecretError::Empty),
        ("whsec_not base64!", SecretError::NotBase64),
        ("sk_test_abc", SecretError::NotBase64),
    ] {
        let error = Verifier::new(secret).expect_err(secret);
        assert_eq!(error, expected, "{secret}");
        let shown = format!("{error} {error:?}");
        assert!(secret.len() < 7 || !shown.contains(secret), "{shown}");
    }
}

#[test]
fn debug_output_has_no_secret() {
    let signer = WebhookSigner::generate();
    let key = signer.secret().trim_start_matches("whsec_").to_owned();
    let shown = format!("{:?} {signer:?}", signer.verifier());
    assert!(!shown.contains(&key), "{shown}");
    let verifier = format!("{:?}", verifier());
    assert!(!verifier.contains("C2FVsBQI"), "{verifier}");
}
