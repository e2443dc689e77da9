//! Tests which failed calls are retried, how often, and with which request.

use std::time::Duration;

use clerk_sdk::{RetryPolicy, user};

use crate::mock_backend::{
    BackendTimeout, ConnectionRefused, ConnectionReset, HttpMethod, MockBackend, NoResponse, call,
    status, status_with_retry_after,
};

#[tokio::test(start_paused = true)]
async fn the_failure_and_the_method_decide_whether_a_call_is_retried() {
    let all = [
        HttpMethod::Get,
        HttpMethod::Put,
        HttpMethod::Delete,
        HttpMethod::Post,
        HttpMethod::Patch,
    ];
    let idempotent = [HttpMethod::Get, HttpMethod::Put, HttpMethod::Delete];
    for (outcome, retried_methods) in [
        (status(429), &all[..]),
        (ConnectionRefused, &all),
        (ConnectionReset, &idempotent),
        (NoResponse, &idempotent),
        (BackendTimeout, &idempotent),
        (status(502), &idempotent),
        (status(503), &idempotent),
        (status(504), &idempotent),
        (status(408), &idempotent),
        (status(500), &idempotent),
        (status(520), &idempotent),
        (status(523), &idempotent),
        (status(527), &idempotent),
        (status(530), &idempotent),
        (status(501), &[]),
        (status(400), &[]),
        (status(401), &[]),
        (status(404), &[]),
        (status(422), &[]),
        (status(505), &[]),
        (status(519), &[]),
        (status(528), &[]),
        (status(529), &[]),
        (status(531), &[]),
    ] {
        for method in all {
            let (result, attempts) = call(method, &[outcome.clone(), status(200)]).await;
            let is_retried = retried_methods.contains(&method);
            let expected = if is_retried { 2 } else { 1 };
            assert_eq!(attempts, expected, "{outcome:?} {method:?}");
            assert_eq!(result.is_ok(), is_retried, "{outcome:?} {method:?}");
            if let Err(error) = result {
                let may_succeed_later = !retried_methods.is_empty();
                assert_eq!(error.is_retryable(), may_succeed_later, "{outcome:?}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_has_at_most_three_attempts_and_reports_their_number() {
    let (result, attempts) = call(HttpMethod::Get, &[status(503)]).await;
    let error = result.expect_err("every attempt fails");
    assert_eq!((attempts, error.attempt_count()), (3, 3));
    assert!(error.to_string().ends_with("(3 attempts)"), "{error}");
    let (result, _) = call(HttpMethod::Get, &[ConnectionRefused]).await;
    let message = result.expect_err("every attempt fails").to_string();
    assert_eq!(
        message,
        "no connection for GET /users/{user_id} (3 attempts)"
    );
    let (result, _) = call(HttpMethod::Post, &[ConnectionReset]).await;
    let error = result.expect_err("the only attempt fails");
    assert_eq!(error.attempt_count(), 1);
    assert_eq!(
        error.to_string(),
        "no complete response to POST /users/{user_id}/ban"
    );

    let backend = MockBackend::new([status(503), status(200)]);
    let response = backend.client().get("user_1").await;
    let response = response.expect("the second attempt succeeds");
    assert_eq!(response.attempt_count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_retry_sends_the_same_bytes() {
    let backend = MockBackend::new([status(429), ConnectionRefused, status(200)]);
    let file = clerk_sdk::File::new("me.png", vec![0, 159, 146, 150]);
    let params = user::UpdateProfileImageParams::new(file);
    backend
        .client()
        .update_profile_image("user_1", &params)
        .await
        .expect("the third attempt succeeds");
    let requests = backend.requests();
    assert_eq!(requests.len(), 3);
    for (_, request) in &requests[1..] {
        let first = &requests[0].1;
        assert_eq!(request.body(), first.body());
        assert_eq!(request.headers(), first.headers());
        assert_eq!(
            (request.method(), request.uri()),
            (first.method(), first.uri())
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_or_a_call_can_disable_retries() {
    let backend = MockBackend::new([status(429), status(200)]);
    let client = user::Client::new(backend.config().retry(RetryPolicy::none()));
    let error = client.get("user_1").await;
    let error = error.expect_err("the first attempt fails");
    assert!(error.is_rate_limited());
    let second_call = client.get("user_1").await;
    second_call.expect("the second attempt succeeds");

    let backend = MockBackend::new([status(429), status(200)]);
    let error = backend
        .client()
        .get("user_1")
        .retry(RetryPolicy::none())
        .await;
    let error = error.expect_err("the first attempt fails");
    assert_eq!(error.attempt_count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_can_have_more_attempts() {
    let failures = (0..4).map(|_| status(503));
    let backend = MockBackend::new(failures.chain([status(200)]));
    backend
        .client()
        .get("user_1")
        .retry(RetryPolicy::new().max_attempts(5))
        .await
        .expect("the fifth attempt succeeds");
}

#[tokio::test(start_paused = true)]
async fn dropping_a_call_stops_its_retries() {
    let backend = MockBackend::new([status_with_retry_after(429, "5"), status(200)]);
    let client = backend.client();
    let second = Duration::from_secs(1);
    let dropped = tokio::time::timeout(second, client.get("user_1")).await;
    assert!(dropped.is_err());
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(backend.attempt_count(), 1);
}
