//! Tests of the retry budget, which bounds the retries of a client during an outage.

use crate::mock_backend::{ConnectionRefused, MockBackend, status, status_with_retry_after};

#[tokio::test(start_paused = true)]
async fn an_outage_does_not_cause_a_retry_storm() {
    let backend = MockBackend::new([status(503)]);
    let client = backend.client();
    for _ in 0..100 {
        let result = client.get("user_1").await;
        result.expect_err("every attempt fails");
    }
    assert_eq!(
        backend.attempt_count(),
        100 + 20,
        "a full budget allows twenty retries"
    );
    // A clone shares the budget; another client has its own.
    let result = client.clone().get("user_1").await;
    result.expect_err("every attempt fails");
    assert_eq!(backend.attempt_count(), 121);
    let result = backend.client().get("user_1").await;
    result.expect_err("every attempt fails");
    assert_eq!(backend.attempt_count(), 124);
    // Successes do not refill the budget beyond its capacity.
    let backend = MockBackend::new((0..10).map(|_| status(200)).chain([status(503)]));
    let client = backend.client();
    for _ in 0..10 {
        let result = client.get("user_1").await;
        result.expect("the first ten calls succeed");
    }
    for _ in 0..100 {
        let result = client.get("user_1").await;
        result.expect_err("all further attempts fail");
    }
    assert_eq!(
        backend.attempt_count(),
        10 + 100 + 20,
        "the budget was full before the outage"
    );
}

#[tokio::test(start_paused = true)]
async fn a_failure_that_is_not_retried_does_not_consume_budget() {
    let failures = (0..40).map(|_| status_with_retry_after(503, "3600"));
    let backend = MockBackend::new(failures.chain([status(503)]));
    let client = backend.client();
    for _ in 0..40 {
        let result = client.get("user_1").await;
        result.expect_err("the delay is too long to retry");
    }
    assert_eq!(backend.attempt_count(), 40);
    let result = client.get("user_1").await;
    let error = result.expect_err("every attempt fails");
    assert_eq!(error.attempt_count(), 3);
}

#[tokio::test(start_paused = true)]
async fn only_a_retry_that_waited_for_retry_after_does_not_consume_budget() {
    for (outcome, attempts) in [
        (status_with_retry_after(429, "1"), 300),
        (status_with_retry_after(429, "0"), 120),
        (status_with_retry_after(429, "soon"), 120),
        (status(429), 120),
    ] {
        let backend = MockBackend::new([outcome.clone()]);
        let client = backend.client();
        for _ in 0..100 {
            let result = client.get("user_1").await;
            result.expect_err("every attempt fails");
        }
        assert_eq!(backend.attempt_count(), attempts, "{outcome:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_response_of_a_healthy_api_refills_the_budget() {
    for (response, attempts) in [
        (status(200), 2),
        (status(404), 2),
        (status(422), 2),
        (status_with_retry_after(429, "3600"), 1),
        (status(500), 1),
    ] {
        // Ten calls with three attempts each use up the budget.
        let outage = (0..30).map(|_| ConnectionRefused);
        let responses = (0..10).map(|_| response.clone());
        let backend = MockBackend::new(outage.chain(responses).chain([ConnectionRefused]));
        let client = backend.client();
        for _ in 0..20 {
            let _ = client.get("user_1").await;
        }
        assert_eq!(backend.attempt_count(), 40, "{response:?}");
        let result = client.get("user_1").await;
        let error = result.expect_err("every attempt fails");
        assert_eq!(error.attempt_count(), attempts, "{response:?}");
    }
}
