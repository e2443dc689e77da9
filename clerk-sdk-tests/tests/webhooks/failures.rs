//! Every way in which a request can be wrong is an error of its own, or an event; nothing panics.

use clerk_sdk::test_util::{TestWebhook, WebhookSigner};
use clerk_sdk::webhook::{Error, Event, EventData, Verifier};
use http::{HeaderMap, HeaderValue};
use proptest::prelude::*;
use serde_json::json;

fn signed() -> (Verifier, HeaderMap, bytes::Bytes) {
    let signer = WebhookSigner::generate();
    let message = signer.sign(&TestWebhook::new("user.deleted", &json!({"id": "user_1"})));
    (signer.verifier(), message.headers, message.body)
}

/// Verifies a request with one header replaced, or removed.
fn with_header(name: &'static str, value: Option<&[u8]>) -> Error {
    let (verifier, mut headers, body) = signed();
    match value {
        Some(value) => {
            let value = HeaderValue::from_bytes(value).expect("a header value");
            headers.insert(name, value);
        }
        None => {
            headers.remove(name);
        }
    }
    verifier.verify(&headers, body).expect_err(name)
}

#[test]
fn a_missing_or_empty_header_is_named() {
    for name in ["svix-id", "svix-timestamp", "svix-signature"] {
        for value in [None, Some(&b""[..]), Some(b"  ")] {
            assert_eq!(with_header(name, value), Error::MissingHeader(name));
        }
    }
}

#[test]
fn a_header_that_is_there_twice_is_refused() {
    for name in ["svix-id", "svix-timestamp", "svix-signature"] {
        let (verifier, mut headers, body) = signed();
        let value = headers[name].clone();
        headers.append(name, value);
        let error = verifier.verify(&headers, body).expect_err(name);
        assert_eq!(error, Error::RepeatedHeader(name));
    }
}

#[test]
fn an_id_of_other_bytes_is_refused() {
    for id in ["msg 1".as_bytes(), b"msg_\xff", "msg_é".as_bytes()] {
        assert_eq!(with_header("svix-id", Some(id)), Error::MalformedId);
    }
}

#[test]
fn a_timestamp_that_is_no_number_of_seconds_is_refused() {
    for timestamp in [
        "now",
        "-1700000000",
        "+1700000000",
        "1.7e9",
        "0x10",
        "1700000000.5.1",
        ".5",
        "01700000000",
        "99999999999999999999999",
        "18446744073709551615",
        "1 700",
        "\u{661}",
    ] {
        let error = with_header("svix-timestamp", Some(timestamp.as_bytes()));
        assert_eq!(error, Error::MalformedTimestamp, "{timestamp}");
    }
}

#[test]
fn timestamps_far_away_are_too_old_or_too_new() {
    assert!(matches!(
        with_header("svix-timestamp", Some(b"0")),
        Error::TooOld { .. }
    ));
    let future = with_header("svix-timestamp", Some(b"99999999999"));
    assert!(matches!(future, Error::TooNew { .. }), "{future}");
}

#[test]
fn signatures_of_other_versions_are_not_supported() {
    for signatures in ["v2,AAAA", "v1a,AAAA", "AAAA", "v1", ",", "V1,AAAA"] {
        let error = with_header("svix-signature", Some(signatures.as_bytes()));
        assert_eq!(error, Error::NoSupportedSignature, "{signatures}");
    }
}

#[test]
fn signatures_that_do_not_fit_are_a_mismatch() {
    let of_wrong_length = format!("v1,{}", "A".repeat(8000));
    for signatures in ["v1,", "v1,AAAA", "v1,!!!!", "v1,\u{ff}", &of_wrong_length] {
        let bytes: Vec<u8> = signatures.chars().map(|it| it as u8).collect();
        let error = with_header("svix-signature", Some(&bytes));
        assert_eq!(error, Error::SignatureMismatch, "{signatures}");
    }
}

#[test]
fn a_changed_id_time_or_body_is_a_mismatch() {
    assert_eq!(
        with_header("svix-id", Some(b"msg_other")),
        Error::SignatureMismatch
    );
    let (verifier, headers, body) = signed();
    let changed = format!("{} ", String::from_utf8_lossy(&body));
    let error = verifier
        .verify(&headers, changed)
        .expect_err("the body has a space more");
    assert_eq!(error, Error::SignatureMismatch);
}

/// Signs and verifies a body.
fn receive(body: impl Into<bytes::Bytes>) -> Result<Event, Error> {
    let signer = WebhookSigner::generate();
    let message = signer.sign(&TestWebhook::raw(body));
    signer.verifier().verify(&message.headers, message.body)
}

#[test]
fn a_signed_body_that_is_no_event_says_why() {
    for (body, reason) in [
        (&b""[..], "its JSON is incomplete (line 1, column 0)"),
        (b"null", "not a JSON object"),
        (b"[]", "not a JSON object"),
        (b"\"424242\"", "not a JSON object"),
        (b"424242", "not a JSON object"),
        (b"{424242}", "not JSON"),
        (b"{\"type\":\"user.created\"", "its JSON is incomplete"),
        (b"{\"type\":\"\xff\"}", "not UTF-8"),
        (b"{}", "no `type`"),
        (b"{\"type\":1,\"data\":{}}", "no `type`"),
        (b"{\"type\":\"user.created\"}", "no `data`"),
    ] {
        let error = receive(body).expect_err(reason);
        let shown = error.to_string();
        assert!(shown.contains(reason), "{shown}");
        assert!(!format!("{shown} {error:?}").contains("4242"), "{shown}");
        assert!(!error.is_unauthorized());
    }
}

#[test]
fn an_event_of_an_unknown_kind_keeps_its_data() {
    let event = receive(r#"{"type":"galaxy.created","data":{"stars":[1]}}"#).expect("an event");
    let EventData::Unknown { kind, data, .. } = &event.data else {
        panic!("{event:?}");
    };
    assert_eq!(
        (&**kind, data.as_json()),
        ("galaxy.created", &json!({"stars": [1]}))
    );
}

#[test]
fn data_of_the_wrong_form_is_malformed_and_does_not_end_the_event() {
    for data in [
        "1",
        "[]",
        "\"x\"",
        "true",
        "null",
        "{}",
        r#"{"id":null}"#,
        r#"{"id":""}"#,
        r#"{"object":"error","errors":[]}"#,
        r#"{"id":[]}"#,
        r#"{"id":"user_1","email_addresses":{"a":1}}"#,
    ] {
        let body = format!(r#"{{"type":"user.created","data":{data},"instance_id":"ins_1"}}"#);
        let event = receive(body).expect("an event");
        let is_malformed = matches!(event.data, EventData::Malformed { .. });
        assert!(is_malformed, "{data}: {event:?}");
        assert_eq!(event.instance_id, "ins_1");
    }
}

#[test]
fn odd_members_of_the_envelope_become_their_defaults() {
    let body = r#"{"type":"user.deleted","data":{},"timestamp":"soon","instance_id":7,
        "event_attributes":[]}"#;
    let event = receive(body).expect("an event");
    assert_eq!((&*event.instance_id, event.request), ("", None));
    assert_eq!(event.timestamp, clerk_sdk::Timestamp::from(event.signed_at));
}

#[test]
fn the_time_of_an_event_is_read_in_seconds_and_in_milliseconds() {
    for timestamp in ["1716883200", "1716883200000", "1716883200.0"] {
        let body = format!(r#"{{"type":"user.deleted","data":{{}},"timestamp":{timestamp}}}"#);
        let event = receive(body).expect("an event");
        assert_eq!(
            event.timestamp.as_millis(),
            1_716_883_200_000,
            "{timestamp}"
        );
    }
}

#[test]
fn the_output_of_debug_has_no_codes() {
    let body = r#"{"type":"sms.created","data":{"id":"sms_1","message":"424242 is your code",
        "data":{"otp_code":"424242"}}}"#;
    let event = receive(body).expect("an event");
    assert!(matches!(event.data, EventData::SmsCreated(_)), "{event:?}");
    assert!(!format!("{event:?}").contains("424242"));
}

proptest! {
    #[test]
    fn any_headers_and_any_body_are_an_error_or_an_event(
        values in proptest::array::uniform3(proptest::collection::vec(any::<u8>(), 0..40)),
        body in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let (verifier, mut headers, _) = signed();
        for (name, value) in ["svix-id", "svix-timestamp", "svix-signature"].into_iter().zip(&values) {
            if let Ok(value) = HeaderValue::from_bytes(value) {
                headers.insert(name, value);
            }
        }
        prop_assert!(verifier.verify(&headers, body).is_err());
    }

    #[test]
    fn any_signed_body_is_an_error_or_an_event(
        kind in "user\\.created|session\\.created|[a-z.]{0,12}",
        data in "\\PC{0,60}",
    ) {
        let _ = receive(format!(r#"{{"type":"{kind}","data":{data}}}"#));
        let _ = receive(data);
    }
}
