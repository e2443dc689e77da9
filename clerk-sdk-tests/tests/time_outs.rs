//! Time limits that the HTTP client keeps: opening a connection, and those of a client of the user's own.
//!
//! The servers here never answer, and time is tokio's own, which jumps to the limit.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use clerk_sdk::{
    Backend, BackendError, BackendFuture, ClientConfig, Error, RetryPolicy, TimeoutPhase, user,
};
use tokio::net::TcpListener;

/// An address of this machine that takes connections and never says anything.
async fn silent() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a free port");
    let address = listener.local_addr().expect("it is bound").to_string();
    (listener, address)
}

fn limits(error: &Error) -> (TimeoutPhase, Option<Duration>) {
    match error {
        Error::Timeout(error) => (error.phase(), error.limit()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_is_not_made_in_time_says_so_and_is_tried_again() {
    // TLS is part of the connection, and nobody answers its first message.
    let (_listener, address) = silent().await;
    let limit = Duration::from_secs(3);
    let config = ClientConfig::new("sk_test_key")
        .base_url(format!("https://{address}/v1"))
        .connect_timeout(limit);
    let error = user::Client::new(config).ban("user_1").await;
    let error = error.expect_err("there is no connection");
    assert_eq!(limits(&error), (TimeoutPhase::Connect, Some(limit)));
    assert!(error.is_timeout() && error.is_retryable());
    assert_eq!(error.attempts(), 3, "nothing was sent");
    assert!(!error.may_have_happened());
    assert_eq!(
        error.to_string(),
        "the connection for POST /users/{user_id}/ban took longer than 3s (3 attempts)"
    );
}

/// Finds no address for any name.
struct NoAddress;

impl reqwest::dns::Resolve for NoAddress {
    fn resolve(&self, _: reqwest::dns::Name) -> reqwest::dns::Resolving {
        Box::pin(std::future::pending())
    }
}

fn own_client() -> reqwest::ClientBuilder {
    // This build of reqwest leaves the choice of cryptography to the program.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
}

#[tokio::test(start_paused = true)]
async fn a_client_of_the_users_own_has_its_own_limit_for_connections() {
    let own = own_client()
        .dns_resolver(Arc::new(NoAddress))
        .connect_timeout(Duration::from_secs(1));
    let config = ClientConfig::new("sk_test_key")
        .base_url("https://clerk.test/v1")
        .http_client(own.build().expect("a client"));
    let error = user::Client::new(config).get("user_1").await;
    let error = error.expect_err("there is no address");
    assert_eq!(limits(&error), (TimeoutPhase::Connect, None));
}

#[tokio::test(start_paused = true)]
async fn a_limit_of_the_users_own_client_ends_an_attempt() {
    let (_listener, address) = silent().await;
    let own = own_client().timeout(Duration::from_secs(2));
    let config = ClientConfig::new("sk_test_key")
        .base_url(format!("http://{address}/v1"))
        .http_client(own.build().expect("a client"));
    let client = user::Client::new(config);
    let error = client.get("user_1").await.expect_err("nobody answers");
    assert_eq!(limits(&error), (TimeoutPhase::Attempt, None));
    assert_eq!(error.attempts(), 3);
    let error = client.ban("user_1").await.expect_err("nobody answers");
    assert_eq!(limits(&error), (TimeoutPhase::Attempt, None));
    assert_eq!(error.attempts(), 1, "it may have happened");
}

/// Runs out of time in the middle of an answer with this status.
#[derive(Clone)]
struct Slow(u16);

impl Backend for Slow {
    fn send(&self, _: http::Request<Bytes>) -> BackendFuture<'_> {
        let response = http::Response::builder()
            .status(self.0)
            .header("clerk-trace-id", "trace_1")
            .body(Bytes::from_static(b"{\"err"))
            .expect("a response");
        let error = BackendError::timeout("slow").with_partial(response);
        Box::pin(async { Err(error) })
    }
}

#[tokio::test]
async fn a_refusal_whose_body_comes_too_slowly_keeps_its_status() {
    let failure = async |status| {
        let config = ClientConfig::new("sk_test_key").backend(Slow(status));
        let client = user::Client::new(config.retry(RetryPolicy::none()));
        client.get("user_1").await.expect_err("it is too slow")
    };
    for status in [404, 429, 503] {
        let error = failure(status).await;
        assert_eq!(error.status().map(|it| it.as_u16()), Some(status));
        assert_eq!(error.trace_id(), Some("trace_1"));
    }
    assert_eq!(limits(&failure(200).await), (TimeoutPhase::Attempt, None));
}
