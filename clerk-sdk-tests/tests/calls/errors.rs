//! Tests of the errors of failed calls: their kind, their message, and the response that they keep.

use std::error::Error as StdError;
use std::time::Duration;

use bytes::Bytes;
use clerk_sdk::reqwest_013::ReqwestBackend;
use clerk_sdk::{BackendError, Body, Clerk, ClientConfig, Error, RetryPolicy, TimeoutPhase, user};
use serde_json::json;

use crate::support::{MockBackend, broken_off_body, raw_server};

fn responding(status: u16, body: &str) -> Clerk {
    Clerk::new(MockBackend::responding(status, body.to_owned()).config())
}

/// Creates a configuration without retries.
fn without_retries(url: String) -> ClientConfig {
    ClientConfig::new("sk_test_key")
        .base_url(url)
        .retry(RetryPolicy::none())
}

async fn failure(clerk: &Clerk) -> Error {
    clerk
        .user()
        .get("user_1")
        .await
        .expect_err("the response is an error")
}

#[tokio::test]
async fn an_api_error_has_its_codes_trace_id_and_raw_json() {
    let body = json!({
        "errors": [{"code": "form_identifier_exists", "message": "taken", "long_message": "That is taken.", "meta": {"param_name": "email_address"}}],
        "clerk_trace_id": "abc",
    });
    let error = failure(&responding(422, &body.to_string())).await;
    assert_eq!(
        error.to_string(),
        "422 form_identifier_exists: taken (trace abc)"
    );
    assert!(error.has_code("form_identifier_exists") && !error.has_code("other"));
    assert_eq!(error.trace_id(), Some("abc"));
    let Error::Api(api) = error else {
        panic!("{error:?}");
    };
    assert_eq!(api.errors()[0].long_message, "That is taken.");
    assert_eq!(api.raw_json(), body.to_string());
    assert_eq!(api.operation(), "GET /users/{user_id}");
}

#[tokio::test]
async fn the_trace_id_is_read_from_the_body_or_from_either_header() {
    for (headers, body, expected) in [
        (
            vec![("clerk-trace-id", "head")],
            r#"{"errors":[],"clerk_trace_id":"body"}"#,
            Some("body"),
        ),
        (
            vec![("clerk-trace-id", "head"), ("cf-ray", "ray")],
            r#"{"errors":[]}"#,
            Some("head"),
        ),
        (vec![("cf-ray", "ray")], "", Some("ray")),
        (vec![], "{}", None),
    ] {
        let backend = MockBackend::with(move || {
            let mut response = http::Response::builder().status(500);
            for (name, value) in &headers {
                response = response.header(*name, *value);
            }
            response
                .body(bytes::Bytes::from_static(body.as_bytes()))
                .expect("a response")
        });
        let error = failure(&Clerk::new(backend.config())).await;
        assert_eq!(error.trace_id(), expected);
    }
}

#[tokio::test]
async fn an_error_response_in_another_format_keeps_its_status_and_body() {
    for status in [301, 400, 404, 500, 503] {
        for body in [
            "<html>Bad gateway</html>",
            "",
            "{",
            "null",
            "[]",
            r#"{"errors":null}"#,
            "\u{feff}",
            r#"{"errors":"no"}"#,
        ] {
            let error = failure(&responding(status, body)).await;
            let Error::Api(api) = error else {
                panic!("{status} {body}: {error:?}");
            };
            assert_eq!(api.status().as_u16(), status);
            assert_eq!(api.raw_json(), body);
            assert!(api.errors().is_empty());
        }
    }
}

#[tokio::test]
async fn malformed_parts_of_an_error_response_do_not_affect_the_others() {
    let body = json!({
        "errors": [{"code": "one", "message": null, "meta": ["malformed"]}, "malformed", {"code": 2, "message": "two", "extra": 1}],
        "meta": "malformed",
        "clerk_trace_id": "abc",
    });
    let error = failure(&responding(400, &body.to_string())).await;
    assert_eq!(error.trace_id(), Some("abc"));
    let Error::Api(api) = error else {
        panic!("the error is not an API error");
    };
    let errors: Vec<_> = api
        .errors()
        .iter()
        .map(|it| (it.code.as_str(), it.message.as_str()))
        .collect();
    assert_eq!(errors, [("one", ""), ("", "two")]);
}

#[tokio::test]
async fn a_successful_response_that_is_not_json_keeps_its_status_and_body() {
    for body in ["<html></html>", "", "{\"id\":", "{} trailing"] {
        let error = failure(&responding(200, body)).await;
        let Error::Decode(decode) = &error else {
            panic!("{body}: {error:?}");
        };
        assert_eq!(decode.raw_json(), body);
        assert_eq!(decode.status(), 200);
    }
}

#[tokio::test]
async fn a_body_that_is_not_utf8_is_kept_unchanged() {
    let clerk = Clerk::new(MockBackend::responding(500, vec![0xff, 0xfe]).config());
    let Error::Api(api) = failure(&clerk).await else {
        panic!("the error is not an API error");
    };
    assert_eq!(&api.raw_body()[..], [0xff, 0xfe]);
}

#[tokio::test]
async fn error_methods_report_not_found_rate_limited_and_retryable() {
    let not_found = failure(&responding(404, "{}")).await;
    assert!(not_found.is_not_found() && !not_found.is_retryable());
    let limited = MockBackend::with(|| {
        let response = http::Response::builder()
            .status(429)
            .header("Retry-After", "7");
        response.body(bytes::Bytes::new()).expect("a response")
    });
    let limited = failure(&Clerk::new(limited.config())).await;
    assert!(limited.is_rate_limited() && limited.is_retryable());
    assert_eq!(limited.retry_after(), Some(Duration::from_secs(7)));
    assert!(failure(&responding(503, "")).await.is_retryable());
}

#[tokio::test]
async fn the_longest_retry_after_value_applies() {
    for (values, seconds) in [
        (&["5", "10"][..], Some(10)),
        (&["10", "5"], Some(10)),
        (&["5, 10"], Some(10)),
        (&["10,5 "], Some(10)),
        (&["soon", "3"], Some(3)),
        (&["soon, 3"], Some(3)),
        (&["2", "Mon, 23 Nov 2026 12:00:09 GMT"], Some(9)),
        (&["Mon, 23 Nov 2026 12:00:09 GMT", "20"], Some(20)),
        (&["7", "99999999999999999999"], Some(u64::MAX)),
        (&["-5", "soon"], None),
        (&[","], None),
        (&[], None),
    ] {
        let backend = MockBackend::with(move || {
            let mut response = http::Response::builder()
                .status(429)
                .header("date", "Mon, 23 Nov 2026 12:00:00 GMT");
            for value in values {
                response = response.header("retry-after", *value);
            }
            response.body(bytes::Bytes::new()).expect("a response")
        });
        let error = failure(&Clerk::new(backend.config())).await;
        let expected = seconds.map(Duration::from_secs);
        assert_eq!(error.retry_after(), expected, "{values:?}");
    }
}

#[tokio::test]
async fn error_messages_contain_neither_the_key_nor_the_body() {
    let error = failure(&responding(
        422,
        r#"{"errors":[{"code":"c","message":"m","meta":{"email":"ada@example.com"}}]}"#,
    ))
    .await;
    let printed = format!("{error} {error:?}");
    assert!(
        !printed.contains("ada@example.com") && !printed.contains("sk_test"),
        "{printed}"
    );
}

#[tokio::test]
async fn a_key_that_is_not_a_valid_header_value_is_rejected_without_being_printed() {
    for key in ["sk_test_x\n", "sk test", "sk_tést", "sk\u{0}"] {
        let backend = MockBackend::responding(200, r#"{"id":"1","data":[]}"#);
        let client = user::Client::new(ClientConfig::new(key).backend(backend.clone()));
        let error = client.get("user_1").await.expect_err(key);
        assert!(matches!(error, Error::InvalidArgument(_)), "{error:?}");
        let printed = format!("{error} {error:?} {client:?}");
        assert!(
            !printed.contains("sk_test_x")
                && !printed.contains("sk test")
                && !printed.contains("tést"),
            "{printed}"
        );
        assert!(backend.requests().is_empty());
    }
}

#[tokio::test]
async fn the_error_of_a_key_says_which_mistake_it_is() {
    for (key, expected) in [
        ("pk_live_abc", "publishable key"),
        ("\"sk_test_x\"", "in quotes"),
        ("'sk_test_x'", "in quotes"),
        ("sk_test_x ", "a space"),
    ] {
        let backend = MockBackend::responding(200, r#"{"id":"1","data":[]}"#);
        let client = user::Client::new(ClientConfig::new(key).backend(backend.clone()));
        let error = client.get("user_1").await.expect_err(key).to_string();
        assert!(error.contains(expected) && !error.contains(key), "{error}");
        assert!(backend.requests().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn any_status_from_500_means_that_the_operation_may_have_happened() {
    for (status, may_have_happened) in [
        (499, false),
        (500, true),
        (599, true),
        (600, true),
        (999, true),
    ] {
        let clerk = responding(status, "{}");
        let error = clerk
            .user()
            .ban("user_1")
            .await
            .expect_err("the call fails");
        assert_eq!(error.may_have_happened(), may_have_happened, "{status}");
    }
}

/// Returns a loopback port that nothing listens on.
async fn closed_port() -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    listener.local_addr().expect("the listener is bound").port()
}

#[tokio::test]
async fn a_refused_connection_is_a_transport_error_of_kind_connect() {
    let url = format!("http://127.0.0.1:{}/v1", closed_port().await);
    let clerk = Clerk::new(without_retries(url));
    let error = failure(&clerk).await;
    assert_eq!(
        error.to_string(),
        "no connection for GET /users/{user_id}: the connection was refused: nothing listens at the address"
    );
    let Error::Transport(transport) = &error else {
        panic!("{error:?}");
    };
    assert!(transport.is_connect() && error.is_retryable());
    assert!(std::error::Error::source(&error).is_some());
    assert!(
        !format!("{error:?}").contains("user_1"),
        "the error contains an id: {error:?}"
    );
}

#[tokio::test]
async fn a_truncated_response_keeps_its_status_headers_and_partial_body() {
    let (url, _) = raw_server(
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\nclerk-trace-id: abc\r\n\r\n{\"id\":",
    )
    .await;
    let error = failure(&Clerk::new(without_retries(url))).await;
    let Error::Decode(decode) = &error else {
        panic!("{error:?}");
    };
    assert_eq!(decode.raw_json(), "{\"id\":");
    assert_eq!(error.trace_id(), Some("abc"));

    let (url, _) = raw_server(b"HTTP/1.1 500 Oops\r\ncontent-length: 100\r\n\r\n{\"err").await;
    let error = failure(&Clerk::new(without_retries(url))).await;
    assert_eq!(error.status().map(|status| status.as_u16()), Some(500));
}

#[tokio::test]
async fn a_response_over_the_size_limit_is_an_error_that_keeps_its_start() {
    let (url, _) =
        raw_server(b"HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n01234567890123456789").await;
    let config = without_retries(url).max_response_bytes(10);
    let Error::Decode(decode) = failure(&Clerk::new(config)).await else {
        panic!("the error is not a decode error");
    };
    assert_eq!(decode.raw_json(), "0123456789");
}

#[tokio::test]
async fn a_call_to_a_server_that_never_responds_times_out() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let url = format!(
        "http://{}/v1",
        listener.local_addr().expect("the listener is bound")
    );
    let clerk = Clerk::new(without_retries(url));
    let limit = Duration::from_millis(50);
    let error = clerk
        .user()
        .get("user_1")
        .timeout(limit)
        .await
        .expect_err("the server never responds");
    let Error::Timeout(timeout) = &error else {
        panic!("{error:?}");
    };
    assert_eq!(
        (timeout.phase(), timeout.limit()),
        (TimeoutPhase::Call, Some(limit))
    );
    assert!(error.is_timeout());
    assert_eq!(
        error.to_string(),
        "GET /users/{user_id} took longer than 50ms"
    );
}

/// The result of one attempt.
type AttemptResult = Result<http::Response<Body>, BackendError>;

/// Creates a response with this status that breaks off.
fn broken_off(status: u16) -> AttemptResult {
    let response = http::Response::builder().status(status);
    let response = response.header("clerk-trace-id", "abc");
    let body = broken_off_body("{", BackendError::new("broken off"));
    Ok(response.body(body).expect("a response"))
}

/// Returns an error of each variant, in the order of their declaration.
async fn error_of_each_variant() -> Vec<Error> {
    let attempts: [fn() -> AttemptResult; 4] = [
        || broken_off(503),
        || Err(BackendError::connect("refused")),
        || Err(BackendError::timeout("too slow")),
        || broken_off(200),
    ];
    let mut errors = Vec::new();
    for attempt in attempts {
        let backend = move |_: http::Request<Bytes>| async move { attempt() };
        let config = ClientConfig::new("sk_test_key").backend(backend);
        errors.push(failure(&Clerk::new(config)).await);
    }
    errors.push(Error::MissingKey);
    let invalid = responding(200, r#"{"id":"1","data":[]}"#)
        .user()
        .get("")
        .await;
    errors.push(invalid.expect_err("an empty id is rejected"));
    errors
}

#[tokio::test(start_paused = true)]
async fn a_clone_of_an_error_has_all_that_the_error_has() {
    for error in error_of_each_variant().await {
        let clone = error.clone();
        let source = |error: &Error| error.source().map(ToString::to_string);
        assert_eq!(format!("{clone:?}"), format!("{error:?}"));
        assert_eq!(source(&clone), source(&error), "{error:?}");
        assert_eq!(clone.headers(), error.headers(), "{error:?}");
        assert_eq!(clone.attempt_count(), error.attempt_count(), "{error:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_variant_that_is_taken_apart_converts_back_to_the_same_error() {
    for error in error_of_each_variant().await {
        let converted: Error = match error.clone() {
            Error::Api(error) => error.into(),
            Error::Transport(error) => error.into(),
            Error::Timeout(error) => error.into(),
            Error::Decode(error) => error.into(),
            Error::InvalidArgument(error) => error.into(),
            other => other,
        };
        assert_eq!(format!("{converted:?}"), format!("{error:?}"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_variant_that_is_taken_apart_has_the_attempts_and_the_trace_id_of_the_error() {
    let errors = error_of_each_variant().await;
    let [
        Error::Api(api),
        Error::Transport(transport),
        Error::Timeout(timeout),
        Error::Decode(decode),
        ..,
    ] = &errors[..]
    else {
        panic!("{errors:?}");
    };
    let attempts = [
        api.attempt_count(),
        transport.attempt_count(),
        timeout.attempt_count(),
        decode.attempt_count(),
    ];
    assert_eq!(attempts, [3; 4]);
    assert_eq!([api.trace_id(), decode.trace_id()], [Some("abc"); 2]);
    for error in &errors[..4] {
        assert_eq!(error.attempt_count(), 3, "{error:?}");
    }
    assert_eq!(errors[3].trace_id(), Some("abc"));
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let (target, target_requests) =
        raw_server(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{\"id\":\"1\"}").await;
    let redirect =
        format!("HTTP/1.1 307 Go\r\nlocation: {target}/users/user_1\r\ncontent-length: 0\r\n\r\n");
    let (url, _) = raw_server(Box::leak(redirect.into_bytes().into_boxed_slice())).await;
    let error = failure(&Clerk::new(without_retries(url))).await;
    assert_eq!(error.status().map(|status| status.as_u16()), Some(307));
    assert!(
        target_requests
            .lock()
            .expect("the mutex is not poisoned")
            .is_empty()
    );
}

#[tokio::test]
async fn a_custom_reqwest_client_that_follows_redirects_does_not_forward_the_key() {
    let (target, target_requests) =
        raw_server(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{\"id\":\"1\"}").await;
    let redirect =
        format!("HTTP/1.1 307 Go\r\nlocation: {target}/users/user_1\r\ncontent-length: 0\r\n\r\n");
    let (url, requests) = raw_server(Box::leak(redirect.into_bytes().into_boxed_slice())).await;
    let custom = reqwest::Client::builder().build().expect("a client");
    let config = without_retries(url).backend(ReqwestBackend::new(custom));
    Clerk::new(config)
        .user()
        .get("user_1")
        .await
        .expect("the redirect is followed");
    assert!(requests.lock().expect("the mutex is not poisoned")[0].contains("sk_test_key"));
    let target_requests = target_requests.lock().expect("the mutex is not poisoned");
    assert!(
        !target_requests.is_empty() && !target_requests[0].contains("sk_test_key"),
        "{target_requests:?}"
    );
}

#[tokio::test]
async fn dropping_a_call_cancels_it() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let url = format!(
        "http://{}/v1",
        listener.local_addr().expect("the listener is bound")
    );
    let clerk = Clerk::new(without_retries(url));
    let call = tokio::spawn(async move { clerk.user().get("user_1").await.map(|_| ()) });
    let (mut stream, _) = listener.accept().await.expect("the client connects");
    call.abort();
    assert!(
        call.await
            .expect_err("the task was cancelled")
            .is_cancelled()
    );
    // The connection is closed: reading ends after the request instead of waiting forever.
    let mut request = Vec::new();
    tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut request)
        .await
        .expect("the connection closes");
}

#[tokio::test]
async fn polling_a_completed_call_is_an_error_not_a_panic() {
    let backend = MockBackend::responding(200, r#"{"id":"1","data":[]}"#);
    let mut call = user::Client::new(backend.config()).get("user_1");
    (&mut call).await.expect("the call succeeds");
    assert!(matches!((&mut call).await, Err(Error::InvalidArgument(_))));
}
