//! Tests of connections that are closed when they are used again: the first retry is free of the retry budget.

use clerk_sdk::{Error, RetryBudget, user};

use crate::client_config::client_config;
use crate::fault_server::{Fault, FaultServer};

/// Starts a server that plays these faults, one for each request, and then is healthy. The client's budget is empty.
async fn server_and_client(faults: &'static [Fault]) -> (FaultServer, user::Client) {
    let fault = |request: usize| faults.get(request - 1).copied();
    let server = FaultServer::start(move |_, request| fault(request).unwrap_or(Fault::Healthy));
    let server = server.await;
    let empty = RetryBudget::new().reserve(0).percent(0);
    let client = user::Client::new(client_config(&server).retry_budget(empty));
    (server, client)
}

fn budget_error(result: clerk_sdk::Result<clerk_sdk::Response<clerk_sdk::types::User>>) -> Error {
    let error = result.expect_err("the call is not retried");
    assert!(error.is_retry_budget_exhausted(), "{error}");
    error
}

#[tokio::test]
async fn the_first_retry_after_a_closed_connection_that_was_used_before_is_free() {
    let (server, client) = server_and_client(&[Fault::Healthy, Fault::ClosedWithoutResponse]).await;
    client.get("user_1").await.expect("a new connection");
    let user = client.get("user_1").await.expect("it is retried");
    assert_eq!(user.attempt_count(), 2);
    assert_eq!(server.request_count(), 3);
}

#[tokio::test]
async fn a_retry_after_a_closed_new_connection_is_paid_for() {
    let (_server, client) = server_and_client(&[Fault::ClosedWithoutResponse]).await;
    let error = budget_error(client.get("user_1").await);
    assert_eq!(error.attempt_count(), 1);
}

#[tokio::test]
async fn only_the_first_retry_is_free() {
    let closed = Fault::ClosedWithoutResponse;
    let faults = Box::leak(Box::new([Fault::Healthy, closed, closed]));
    let (_server, client) = server_and_client(faults).await;
    client.get("user_1").await.expect("a new connection");
    let error = budget_error(client.get("user_1").await);
    assert_eq!(error.attempt_count(), 2);
}

#[tokio::test]
async fn a_retry_after_a_response_that_is_not_http_is_paid_for() {
    let (_server, client) = server_and_client(&[Fault::Healthy, Fault::NotHttp]).await;
    client.get("user_1").await.expect("a new connection");
    let error = budget_error(client.get("user_1").await);
    assert_eq!(error.attempt_count(), 1);
}

#[tokio::test]
async fn an_unsafe_call_on_a_closed_connection_is_not_retried() {
    let (server, client) = server_and_client(&[Fault::Healthy, Fault::ClosedWithoutResponse]).await;
    client.get("user_1").await.expect("a new connection");
    let error = client.ban("user_1").await.expect_err("it is not retried");
    assert!(error.may_have_happened() && !error.is_retry_budget_exhausted());
    assert_eq!(server.request_count(), 2);
}
