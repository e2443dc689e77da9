//! Tests that no fact of an error response is lost, in whichever form its body has it.

use std::time::Duration;

use bytes::Bytes;
use clerk_sdk::types::ErrorDetail;
use clerk_sdk::{APIErrorResponse, Clerk, Error};
use serde_json::{Map, Value, json};

use crate::support::MockBackend;

const BOM: &[u8] = b"\xef\xbb\xbf";

async fn error_response(
    status: u16,
    headers: &[(&'static str, String)],
    body: &[u8],
) -> APIErrorResponse {
    let (headers, body) = (headers.to_vec(), Bytes::copy_from_slice(body));
    let backend = MockBackend::with(move || {
        let mut response = http::Response::builder().status(status);
        for (name, value) in &headers {
            response = response.header(*name, value);
        }
        response.body(body.clone()).expect("a response")
    });
    let clerk = Clerk::new(backend.config());
    match clerk.user().get("user_1").await {
        Err(Error::Api(error)) => error,
        result => panic!("{result:?}"),
    }
}

/// The code, message and long message of each error.
fn facts(errors: &[ErrorDetail]) -> Vec<[&str; 3]> {
    let facts = errors
        .iter()
        .map(|error| [&error.code, &error.message, &error.long_message].map(String::as_str));
    facts.collect()
}

#[tokio::test]
async fn each_form_has_its_code_and_message() {
    for (body, facts_of_body, display) in [
        (
            json!({"errors": [{"code": "c", "message": "m"}]}),
            ["c", "m", ""],
            "400 c: m",
        ),
        (
            json!({"errors": [{"code": "c", "long_message": "l"}]}),
            ["c", "", "l"],
            "400 c: l",
        ),
        (json!({"errors": [{"code": "c"}]}), ["c", "", ""], "400 c"),
        (
            json!({"errors": [{"message": "m", "long_message": "l"}]}),
            ["", "m", "l"],
            "400 m",
        ),
        (
            json!({"type": "https://example.com/quota", "title": "t", "detail": "d", "status": 403}),
            ["https://example.com/quota", "t", "d"],
            "400 https://example.com/quota: t",
        ),
        (
            json!({"type": "about:blank", "title": "t", "status": 403}),
            ["", "t", ""],
            "400 t",
        ),
        (json!({"detail": "d"}), ["", "", "d"], "400 d"),
        (
            json!({"type": "ty", "message": "m"}),
            ["ty", "m", ""],
            "400 ty: m",
        ),
        (
            json!({"error": "e", "error_description": "d"}),
            ["e", "d", ""],
            "400 e: d",
        ),
        (json!({"error": "e"}), ["e", "", ""], "400 e"),
        (
            json!({"error": "It broke"}),
            ["", "It broke", ""],
            "400 It broke",
        ),
        (
            json!({"error": "Not Found", "message": "m"}),
            ["Not Found", "m", ""],
            "400 Not Found: m",
        ),
        (
            json!({"error": {"code": "c", "message": "m"}}),
            ["c", "m", ""],
            "400 c: m",
        ),
        (
            json!({"type": "error", "error": {"type": "ty", "message": "m"}}),
            ["ty", "m", ""],
            "400 ty: m",
        ),
        (
            json!({"error": {"message": "m"}, "code": "c"}),
            ["c", "m", ""],
            "400 c: m",
        ),
        (
            json!({"error": {"code": 403, "message": "m"}}),
            ["403", "m", ""],
            "400 403: m",
        ),
        (json!({"message": "m"}), ["", "m", ""], "400 m"),
        (
            json!({"code": "c", "message": "m"}),
            ["c", "m", ""],
            "400 c: m",
        ),
        (
            json!({"errors": [], "code": "c", "message": "m"}),
            ["c", "m", ""],
            "400 c: m",
        ),
        (
            json!({"errors": {"name": ["n"]}, "title": "t"}),
            ["", "t", ""],
            "400 t",
        ),
    ] {
        let error = error_response(400, &[], body.to_string().as_bytes()).await;
        assert_eq!(facts(error.errors()), [facts_of_body], "{body}");
        assert_eq!(error.to_string(), display, "{body}");
        assert_eq!(error.raw_json(), body.to_string());
    }
}

#[tokio::test]
async fn an_error_without_code_and_message_displays_its_operation() {
    for body in [
        "{}",
        r#"{"errors":[{}]}"#,
        r#"{"error":{}}"#,
        r#"{"message":""}"#,
        r#"{"code":null}"#,
    ] {
        let error = error_response(400, &[], body.as_bytes()).await;
        assert_eq!(
            error.to_string(),
            "400 Bad Request in response to GET /users/{user_id}"
        );
    }
}

#[tokio::test]
async fn what_cannot_be_parsed_does_not_affect_the_rest() {
    let deep = "[".repeat(5000) + &"]".repeat(5000);
    for unknown in [&*deep, "1e999", r#""\ud800""#] {
        let body = format!(
            r#"{{"unknown": {unknown}, "errors": [{{"code": "c", "message": "m", "unknown": {unknown}}}], "clerk_trace_id": "t"}}"#
        );
        let error = error_response(400, &[], body.as_bytes()).await;
        assert_eq!(error.to_string(), "400 c: m (trace t)");
    }
    let error = error_response(
        400,
        &[],
        b"{\"errors\": [{\"code\": \"c\", \"message\": \"\xff\"}]}",
    )
    .await;
    assert_eq!(facts(error.errors()), [["c", "\u{fffd}", ""]]);
}

#[tokio::test]
async fn a_response_with_a_byte_order_mark_is_decoded() {
    let with_bom = |json: &str| [BOM, json.as_bytes()].concat();
    let clerk = Clerk::new(MockBackend::responding(200, with_bom(r#"{"id": "user_1"}"#)).config());
    let user = clerk
        .user()
        .get("user_1")
        .await
        .expect("the user is decoded");
    assert_eq!(user.id, "user_1");
    assert_eq!(&user.raw_body()[..3], BOM);

    let users = with_bom(r#"[{"id": "user_1"}, {"id": 2}]"#);
    let clerk = Clerk::new(MockBackend::responding(200, users).config());
    let mut items = clerk
        .user()
        .list(&clerk_sdk::user::ListParams::new())
        .items();
    let first = items.next().await.expect("an item").expect("it is decoded");
    assert_eq!(first.id, "user_1");
    let Some(Err(Error::Decode(error))) = items.next().await else {
        panic!("the second item cannot be decoded");
    };
    assert_eq!(error.item_json(), Some(r#"{"id": 2}"#));
    assert_eq!(error.path(), "$[1].id");
}

#[tokio::test]
async fn the_error_for_an_incomplete_body_displays_why_and_no_value_of_it() {
    let display = async |backend: MockBackend, limit| {
        let clerk = Clerk::new(backend.config().max_response_bytes(limit));
        let error = clerk
            .user()
            .get("user_1")
            .await
            .expect_err("it cannot be decoded");
        error.to_string()
    };
    let body = r#"{"id": "user_1"}"#;
    assert_eq!(
        display(MockBackend::responding(200, body), 5).await,
        "cannot decode the 200 response to GET /users/{user_id} at $: the body exceeds `max_response_bytes`"
    );
    let body = r#"{"id": ["ada@example.com"]}"#;
    assert_eq!(
        display(MockBackend::responding(200, body), 500).await,
        "cannot decode the 200 response to GET /users/{user_id} at $.id"
    );
}

/// A deterministic choice among alternatives: the digits of the number of the sample, scrambled.
struct Choices(u64);

impl Choices {
    fn one_of<T: Clone>(&mut self, alternatives: &[T]) -> T {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let index = (bits ^ (bits >> 31)) % alternatives.len() as u64;
        alternatives[index as usize].clone()
    }

    /// A member that is a string, or missing, null or of the wrong type; and the string.
    fn add(&mut self, object: &mut Map<String, Value>, name: &str) -> String {
        let strings = [
            "a_code",
            "Ein Satz, „so“ \\ \"zitiert\"\n",
            "\u{1f600}",
            "x",
        ];
        let string = format!("{name}-{}", self.one_of(&strings)).replace(' ', "_");
        let wrong = [
            json!(null),
            json!(true),
            json!({"a": 1}),
            json!(["a"]),
            json!(""),
        ];
        match self.one_of(&[0, 0, 0, 1, 2]) {
            0 => {
                object.insert(name.to_owned(), json!(string));
                string
            }
            1 => {
                object.insert(name.to_owned(), self.one_of(&wrong));
                String::new()
            }
            _ => String::new(),
        }
    }

    fn add_meta(&mut self, object: &mut Map<String, Value>) -> Option<Value> {
        let meta = json!({
            "param_name": "email_address", "param_names": ["a", "b"], "session_id": "sess_1",
            "email_addresses": ["ada@example.com"], "identifiers": ["i"], "zxcvbn": {"suggestions": [{"code": "c"}]},
            "lockout_expires_in_seconds": 3600, "unsupported_features": ["f"], "plan": {"amount": 1.5},
            "is_plan_upgrade_possible": true, "name": "n", "permissions": null,
        });
        match self.one_of(&[0, 0, 1, 2]) {
            0 => {
                object.insert("meta".to_owned(), meta.clone());
                Some(meta)
            }
            1 => {
                let wrong = [json!(null), json!([1]), json!("meta"), json!(1)];
                object.insert("meta".to_owned(), self.one_of(&wrong));
                None
            }
            _ => None,
        }
    }
}

/// A generated error response, and what has to be found in it.
struct Sample {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    details: Vec<[String; 3]>,
    meta_of_details: Vec<Option<Value>>,
    meta: Option<Value>,
    trace_id: Option<String>,
    retry_after: Option<Duration>,
}

fn first(strings: &[String]) -> String {
    let first = strings.iter().find(|string| !string.is_empty());
    first.cloned().unwrap_or_default()
}

fn sample(number: u64) -> Sample {
    let mut choices = Choices(number);
    let mut body = Map::new();
    let mut meta_of_details = Vec::new();
    let form = number % 7;
    let mut details = Vec::new();
    let mut detail = |detail: [String; 3], meta| {
        if detail.iter().any(|string| !string.is_empty()) {
            details.push(detail);
            meta_of_details.push(meta);
        }
    };
    match form {
        0 | 1 => {
            let mut errors = Vec::new();
            for _ in 0..choices.one_of(&[1, 2, 3]) {
                // One member is always there: without any, the errors of other forms would be read.
                let mut error = Map::new();
                let code = "always".to_owned();
                error.insert("code".to_owned(), json!(code));
                let message = choices.add(&mut error, "message");
                let long_message = choices.add(&mut error, "long_message");
                let meta = choices.add_meta(&mut error);
                errors.push(Value::Object(error));
                errors.extend(choices.one_of(&[None, Some(json!("malformed")), Some(json!(null))]));
                detail([code, message, long_message], meta);
            }
            body.insert("errors".to_owned(), Value::Array(errors));
        }
        2 => {
            let code = choices.add(&mut body, "type");
            let title = choices.add(&mut body, "title");
            let long_message = choices.add(&mut body, "detail");
            body.insert("status".to_owned(), json!(418));
            detail([code, title, long_message], None);
        }
        3 => {
            let code = choices.add(&mut body, "type");
            let message = choices.add(&mut body, "message");
            detail([code, message, String::new()], None);
        }
        4 => {
            let code = choices.add(&mut body, "error");
            let message = choices.add(&mut body, "error_description");
            detail([code, message, String::new()], None);
        }
        5 => {
            let mut error = Map::new();
            let code = choices.add(&mut error, "code");
            let message = choices.add(&mut error, "message");
            let outer = choices.add(&mut body, "message");
            let meta = choices.add_meta(&mut error);
            body.insert("error".to_owned(), Value::Object(error));
            detail([code, first(&[message, outer]), String::new()], meta);
        }
        _ => {
            let code = choices.add(&mut body, "code");
            let message = choices.add(&mut body, "message");
            detail([code, message, String::new()], None);
        }
    }
    let meta = choices.add_meta(&mut body);
    let in_body = choices.add(&mut body, "clerk_trace_id");
    let unknown = [
        json!(1),
        json!({"errors": [{"code": "nested"}]}),
        json!([[[[{}]]]]),
        json!("x"),
    ];
    body.insert("unknown".to_owned(), choices.one_of(&unknown));

    let mut headers = vec![("date", "Mon, 23 Nov 2026 12:00:00 GMT".to_owned())];
    let in_header = choices.one_of(&["", "trace-in-header"]).to_owned();
    if !in_header.is_empty() {
        headers.push(("clerk-trace-id", in_header.clone()));
    }
    let (value, seconds) = choices.one_of(&[
        (None, None),
        (Some("0"), Some(0)),
        (Some("17"), Some(17)),
        (Some(" 5, 10"), Some(10)),
        (Some("Mon, 23 Nov 2026 12:00:09 GMT"), Some(9)),
        (Some("soon"), None),
    ]);
    headers.extend(value.map(|value| ("retry-after", value.to_owned())));
    let content_types = ["application/json", "application/problem+json", "text/html"];
    headers.push(("content-type", choices.one_of(&content_types).to_owned()));

    let mut bytes = choices.one_of(&[b"" as &[u8], BOM]).to_vec();
    bytes.extend(choices.one_of(&["", "\n", " \r\n\t"]).as_bytes());
    let body = Value::Object(body);
    match choices.one_of(&[true, false]) {
        true => bytes.extend(serde_json::to_vec_pretty(&body).expect("it is JSON")),
        false => bytes.extend(serde_json::to_vec(&body).expect("it is JSON")),
    }
    bytes.extend(choices.one_of(&["", "\n", "  "]).as_bytes());

    let trace_id = first(&[in_body, in_header]);
    Sample {
        status: choices.one_of(&[400, 401, 403, 404, 409, 418, 422, 429, 500, 502, 503, 530]),
        headers,
        body: bytes,
        details,
        meta_of_details,
        meta,
        trace_id: (!trace_id.is_empty()).then_some(trace_id),
        retry_after: seconds.map(Duration::from_secs),
    }
}

#[tokio::test]
async fn no_fact_of_6000_generated_error_responses_is_lost() {
    for number in 0..6000 {
        let sample = sample(number);
        let error = error_response(sample.status, &sample.headers, &sample.body).await;
        let shown = format!("{number}: {}", error.raw_json());
        assert_eq!(error.status().as_u16(), sample.status, "{shown}");
        assert_eq!(error.raw_body(), &sample.body, "{shown}");
        assert_eq!(facts(error.errors()), sample.details, "{shown}");
        let object = |meta: &Map<String, Value>| Value::Object(meta.clone());
        let metas: Vec<_> = error
            .errors()
            .iter()
            .map(|it| it.meta.as_ref().map(object))
            .collect();
        assert_eq!(metas, sample.meta_of_details, "{shown}");
        assert_eq!(error.meta().map(object), sample.meta, "{shown}");
        assert_eq!(error.trace_id(), sample.trace_id.as_deref(), "{shown}");
        assert_eq!(error.retry_after(), sample.retry_after, "{shown}");
        for [code, ..] in sample.details.iter().filter(|[code, ..]| !code.is_empty()) {
            assert!(error.has_code(code), "{shown}");
        }
    }
}
