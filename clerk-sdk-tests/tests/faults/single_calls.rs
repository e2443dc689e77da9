//! Tests of one call at a time: each fault, permanent and temporary, and the limits that end a call.

use std::time::Duration;

use clerk_sdk::{Error, user};

use crate::call_outcome::CallOutcome;
use crate::client_config::client_config;
use crate::fault_server::Fault::{
    self, ClosedInBody, ClosedInHead, ClosedWithoutResponse, EndlessBody, ErrorStatus,
    HalfClosedInBody, Healthy, HtmlBody, NoResponse, NotHttp, SlowBody,
};
use crate::fault_server::FaultServer;

/// Each fault, with the outcome of a GET and the number of attempts if the fault is permanent.
const FAULTS: [(Fault, CallOutcome, usize); 14] = [
    (Healthy, CallOutcome::Success, 1),
    (ErrorStatus(400, ""), CallOutcome::ErrorResponse, 1),
    (ErrorStatus(500, ""), CallOutcome::ErrorResponse, 3),
    (ErrorStatus(503, ""), CallOutcome::ErrorResponse, 3),
    (
        ErrorStatus(429, "retry-after: 0\r\n"),
        CallOutcome::ErrorResponse,
        3,
    ),
    (
        ErrorStatus(429, "retry-after: -7\r\n"),
        CallOutcome::ErrorResponse,
        3,
    ),
    (
        ErrorStatus(429, "retry-after: soon\r\n"),
        CallOutcome::ErrorResponse,
        3,
    ),
    (
        ErrorStatus(429, "retry-after: 99999999999999999999\r\n"),
        CallOutcome::ErrorResponse,
        1,
    ),
    (ClosedWithoutResponse, CallOutcome::TransportError, 3),
    (ClosedInHead, CallOutcome::TransportError, 3),
    (ClosedInBody, CallOutcome::TruncatedBody, 3),
    (HalfClosedInBody, CallOutcome::TruncatedBody, 3),
    (NotHttp, CallOutcome::TransportError, 3),
    (HtmlBody, CallOutcome::InvalidBody, 1),
];

#[tokio::test]
async fn a_permanent_fault_is_an_error_after_the_allowed_attempts() {
    for (fault, expected, attempts) in FAULTS {
        let server = FaultServer::start(move |_, _| fault).await;
        let client = user::Client::new(client_config(&server));
        let result = client.get("user_1").await;
        let outcome = CallOutcome::of(&result);
        assert_eq!(outcome, expected, "{fault:?}: {result:?}");
        assert_eq!(server.request_count(), attempts, "{fault:?}");
        if let Err(error) = result {
            assert_eq!(error.attempt_count() as usize, attempts, "{fault:?}");
        }
    }
}

#[tokio::test]
async fn a_retry_hides_a_temporary_fault_from_the_caller() {
    for (fault, _, attempts) in FAULTS {
        let script = move |_: &str, number| if number == 1 { fault } else { Healthy };
        let server = FaultServer::start(script).await;
        let client = user::Client::new(client_config(&server));
        let result = client.get("user_1").await;
        let succeeds = attempts > 1 || fault == Healthy;
        assert_eq!(result.is_ok(), succeeds, "{fault:?}: {result:?}");
    }
}

#[tokio::test]
async fn a_create_that_may_have_happened_is_not_retried() {
    for (fault, _, _) in FAULTS {
        let server = FaultServer::start(move |_, _| fault).await;
        let client = user::Client::new(client_config(&server));
        let params = user::CreateParams::new().first_name("Ada");
        let result = client.create(&params).await;
        let is_retried = matches!(fault, ErrorStatus(429, header) if !header.contains("999"));
        assert_eq!(
            server.request_count(),
            if is_retried { 3 } else { 1 },
            "{fault:?}: {result:?}"
        );
    }
}

#[tokio::test]
async fn a_response_that_never_completes_ends_with_the_time_limit_that_is_reached_first() {
    let short = Duration::from_millis(30);
    for fault in [NoResponse, SlowBody] {
        let server = FaultServer::start(move |_, _| fault).await;
        let client = user::Client::new(client_config(&server));
        let result = client.get("user_1").attempt_timeout(short).await;
        let outcome = CallOutcome::of(&result);
        assert_eq!(outcome, CallOutcome::AttemptTimeout, "{fault:?}");
        assert!(result.is_err_and(|error| error.attempt_count() == 3));

        let result = client.ban("user_1").attempt_timeout(short).await;
        let outcome = CallOutcome::of(&result);
        assert_eq!(outcome, CallOutcome::AttemptTimeout, "{fault:?}");
        assert!(result.is_err_and(|error| error.attempt_count() == 1));

        let result = client.get("user_1").timeout(short).await;
        let outcome = CallOutcome::of(&result);
        assert_eq!(outcome, CallOutcome::CallTimeout, "{fault:?}");
    }
}

#[tokio::test]
async fn an_endless_body_is_truncated_at_the_size_limit() {
    let server = FaultServer::start(|_, _| EndlessBody).await;
    let client = user::Client::new(client_config(&server));
    let error = client.get("user_1").await.expect_err("the body is endless");
    let Error::Decode(decode) = error else {
        panic!("{error:?}")
    };
    assert_eq!(
        (decode.raw_body().len(), server.request_count()),
        (1024 * 1024, 1)
    );
}
