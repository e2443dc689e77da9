//! What a failed call says, and what it keeps.

mod support;

use std::time::Duration;

use clerk_sdk::{Clerk, ClientConfig, Error, RetryPolicy, TimeoutPhase, user};
use serde_json::json;
use support::{Recorder, raw_server};

fn refusing(status: u16, body: &str) -> Clerk {
    Clerk::new(Recorder::answering(status, body.to_owned()).config())
}

/// A configuration that shows what one attempt ends in.
fn once(url: String) -> ClientConfig {
    ClientConfig::new("sk_test_key")
        .base_url(url)
        .retry(RetryPolicy::none())
}

async fn failure(clerk: &Clerk) -> Error {
    clerk.user().get("user_1").await.expect_err("it refuses")
}

#[tokio::test]
async fn an_api_error_has_codes_trace_id_and_raw_json() {
    let body = json!({
        "errors": [{"code": "form_identifier_exists", "message": "taken", "long_message": "That is taken.", "meta": {"param_name": "email_address"}}],
        "clerk_trace_id": "abc",
    });
    let error = failure(&refusing(422, &body.to_string())).await;
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
async fn the_trace_id_is_in_the_body_or_in_either_header() {
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
        let recorder = Recorder::with(move || {
            let mut response = http::Response::builder().status(500);
            for (name, value) in &headers {
                response = response.header(*name, *value);
            }
            response
                .body(bytes::Bytes::from_static(body.as_bytes()))
                .expect("a response")
        });
        let error = failure(&Clerk::new(recorder.config())).await;
        assert_eq!(error.trace_id(), expected);
    }
}

#[tokio::test]
async fn an_answer_that_is_not_clerks_keeps_status_and_body() {
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
            let error = failure(&refusing(status, body)).await;
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
async fn an_odd_part_of_an_error_does_not_cost_the_others() {
    let body = json!({
        "errors": [{"code": "one", "message": null, "meta": ["odd"]}, "odd", {"code": 2, "message": "two", "extra": 1}],
        "meta": "odd",
        "clerk_trace_id": "abc",
    });
    let error = failure(&refusing(400, &body.to_string())).await;
    assert_eq!(error.trace_id(), Some("abc"));
    let Error::Api(api) = error else {
        panic!("it is an answer");
    };
    let read: Vec<_> = api
        .errors()
        .iter()
        .map(|it| (it.code.as_str(), it.message.as_str()))
        .collect();
    assert_eq!(read, [("one", ""), ("", "two")]);
}

#[tokio::test]
async fn a_success_that_is_not_json_keeps_status_and_body() {
    for body in ["<html></html>", "", "{\"id\":", "{} trailing"] {
        let error = failure(&refusing(200, body)).await;
        let Error::Decode(decode) = &error else {
            panic!("{body}: {error:?}");
        };
        assert_eq!(decode.raw_json(), body);
        assert_eq!(decode.status(), 200);
    }
}

#[tokio::test]
async fn a_body_of_invalid_utf8_is_kept_byte_for_byte() {
    let clerk = Clerk::new(Recorder::answering(500, vec![0xff, 0xfe]).config());
    let Error::Api(api) = failure(&clerk).await else {
        panic!("it is an answer");
    };
    assert_eq!(&api.body()[..], [0xff, 0xfe]);
}

#[tokio::test]
async fn errors_answer_what_callers_ask() {
    let not_found = failure(&refusing(404, "{}")).await;
    assert!(not_found.is_not_found() && !not_found.is_retryable());
    let limited = Recorder::with(|| {
        let response = http::Response::builder()
            .status(429)
            .header("Retry-After", "7");
        response.body(bytes::Bytes::new()).expect("a response")
    });
    let limited = failure(&Clerk::new(limited.config())).await;
    assert!(limited.is_rate_limited() && limited.is_retryable());
    assert_eq!(limited.retry_after(), Some(Duration::from_secs(7)));
    assert!(failure(&refusing(503, "")).await.is_retryable());
}

#[tokio::test]
async fn the_longest_wait_that_the_api_asks_for_counts() {
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
        let recorder = Recorder::with(move || {
            let mut response = http::Response::builder()
                .status(429)
                .header("date", "Mon, 23 Nov 2026 12:00:00 GMT");
            for value in values {
                response = response.header("retry-after", *value);
            }
            response.body(bytes::Bytes::new()).expect("a response")
        });
        let error = failure(&Clerk::new(recorder.config())).await;
        let expected = seconds.map(Duration::from_secs);
        assert_eq!(error.retry_after(), expected, "{values:?}");
    }
}

#[tokio::test]
async fn no_error_prints_the_key_or_the_body() {
    let error = failure(&refusing(
        422,
        r#"{"errors":[{"code":"c","message":"m","meta":{"email":"ada@example.com"}}]}"#,
    ))
    .await;
    let text = format!("{error} {error:?}");
    assert!(
        !text.contains("ada@example.com") && !text.contains("sk_test"),
        "{text}"
    );
}

#[tokio::test]
async fn a_key_that_fits_no_header_is_refused_without_being_printed() {
    for key in ["sk_test_x\n", "sk test", "sk_tést", "sk\u{0}"] {
        let recorder = Recorder::answering(200, "{}");
        let client = user::Client::new(ClientConfig::new(key).backend(recorder.clone()));
        let error = client.get("user_1").await.expect_err(key);
        assert!(matches!(error, Error::InvalidArgument(_)), "{error:?}");
        let text = format!("{error} {error:?} {client:?}");
        assert!(
            !text.contains("sk_test_x") && !text.contains("sk test") && !text.contains("tést"),
            "{text}"
        );
        assert!(recorder.requests().is_empty());
    }
}

/// A port of this machine that nothing listens on.
async fn closed_port() -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    listener.local_addr().expect("it is bound").port()
}

#[tokio::test]
async fn no_connection_is_a_transport_error_that_says_so() {
    let url = format!("http://127.0.0.1:{}/v1", closed_port().await);
    let clerk = Clerk::new(once(url));
    let error = failure(&clerk).await;
    let Error::Transport(transport) = &error else {
        panic!("{error:?}");
    };
    assert!(transport.is_connect() && error.is_retryable());
    assert!(std::error::Error::source(&error).is_some());
    assert!(
        !format!("{error:?}").contains("user_1"),
        "ids are personal: {error:?}"
    );
}

#[tokio::test]
async fn a_truncated_answer_keeps_status_headers_and_what_came() {
    let (url, _) = raw_server(
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\nclerk-trace-id: abc\r\n\r\n{\"id\":",
    )
    .await;
    let error = failure(&Clerk::new(once(url))).await;
    let Error::Decode(decode) = &error else {
        panic!("{error:?}");
    };
    assert_eq!(decode.raw_json(), "{\"id\":");
    assert_eq!(error.trace_id(), Some("abc"));

    let (url, _) = raw_server(b"HTTP/1.1 500 Oops\r\ncontent-length: 100\r\n\r\n{\"err").await;
    let error = failure(&Clerk::new(once(url))).await;
    assert_eq!(error.status().map(|status| status.as_u16()), Some(500));
}

#[tokio::test]
async fn an_answer_over_the_limit_is_an_error_that_keeps_the_start() {
    let (url, _) =
        raw_server(b"HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n01234567890123456789").await;
    let config = once(url).max_response_bytes(10);
    let Error::Decode(decode) = failure(&Clerk::new(config)).await else {
        panic!("it is too long");
    };
    assert_eq!(decode.raw_json(), "0123456789");
}

#[tokio::test]
async fn a_server_that_never_answers_runs_into_the_limit_of_the_call() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let url = format!("http://{}/v1", listener.local_addr().expect("it is bound"));
    let clerk = Clerk::new(once(url));
    let limit = Duration::from_millis(50);
    let error = clerk
        .user()
        .get("user_1")
        .timeout(limit)
        .await
        .expect_err("nobody answers");
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

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (elsewhere, seen) = raw_server(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
    let answer = format!(
        "HTTP/1.1 307 Go\r\nlocation: {elsewhere}/users/user_1\r\ncontent-length: 0\r\n\r\n"
    );
    let (url, _) = raw_server(Box::leak(answer.into_bytes().into_boxed_slice())).await;
    let error = failure(&Clerk::new(once(url))).await;
    assert_eq!(error.status().map(|status| status.as_u16()), Some(307));
    assert!(seen.lock().expect("no panic").is_empty());
}

#[tokio::test]
async fn a_client_of_the_users_own_that_follows_redirects_leaves_the_key_behind() {
    let (elsewhere, seen) = raw_server(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
    let answer = format!(
        "HTTP/1.1 307 Go\r\nlocation: {elsewhere}/users/user_1\r\ncontent-length: 0\r\n\r\n"
    );
    let (url, first) = raw_server(Box::leak(answer.into_bytes().into_boxed_slice())).await;
    // This build of reqwest leaves the choice of cryptography to the program.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let own = reqwest::Client::builder().build().expect("a client");
    let config = once(url).http_client(own);
    Clerk::new(config)
        .user()
        .get("user_1")
        .await
        .expect("it follows");
    assert!(first.lock().expect("no panic")[0].contains("sk_test_key"));
    let seen = seen.lock().expect("no panic");
    assert!(
        !seen.is_empty() && !seen[0].contains("sk_test_key"),
        "{seen:?}"
    );
}

#[tokio::test]
async fn dropping_a_call_cancels_it() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let url = format!("http://{}/v1", listener.local_addr().expect("it is bound"));
    let clerk = Clerk::new(once(url));
    let call = tokio::spawn(async move { clerk.user().get("user_1").await.map(|_| ()) });
    let (mut stream, _) = listener.accept().await.expect("it connects");
    call.abort();
    assert!(call.await.expect_err("it was cancelled").is_cancelled());
    // The connection ends: a read sees its end after the request, instead of waiting for ever.
    let mut request = Vec::new();
    tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut request)
        .await
        .expect("it ends");
}

#[tokio::test]
async fn a_call_polled_after_its_end_is_an_error_and_no_panic() {
    let recorder = Recorder::answering(200, "{}");
    let mut call = user::Client::new(recorder.config()).get("user_1");
    (&mut call).await.expect("it answers");
    assert!(matches!((&mut call).await, Err(Error::InvalidArgument(_))));
}
