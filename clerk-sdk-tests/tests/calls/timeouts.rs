//! Tests of the HTTP client's timeouts: the connect timeout, and the timeouts of a custom `reqwest`
//! client.
//!
//! The servers never respond. Tokio's clock is paused, so it advances to the timeout immediately.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use clerk_sdk::reqwest_013::ReqwestBackend;
use clerk_sdk::{
    Backend, BackendError, BackendFuture, Body, ClientConfig, DEFAULT_CONNECT_TIMEOUT, Error,
    RetryPolicy, TimeoutPhase, user,
};
use futures_util::{StreamExt, stream};
use http_body::Frame;
use http_body_util::StreamBody;
use tokio::net::TcpListener;

use crate::support::broken_off_body;

/// Starts a server on loopback that accepts connections and never sends anything. Returns its
/// address.
async fn silent_server() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a free port");
    let address = listener
        .local_addr()
        .expect("the listener is bound")
        .to_string();
    (listener, address)
}

/// Returns the phase and the limit of a timeout.
fn phase_and_limit(error: &Error) -> (TimeoutPhase, Option<Duration>) {
    match error {
        Error::Timeout(error) => (error.phase(), error.limit()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_connect_timeout_is_reported_and_retried() {
    // Connecting includes the TLS handshake, which the server never completes.
    let (_listener, address) = silent_server().await;
    let limit = Duration::from_secs(3);
    let config = ClientConfig::new("sk_test_key")
        .base_url(format!("https://{address}/v1"))
        .connect_timeout(limit);
    let error = user::Client::new(config).ban("user_1").await;
    let error = error.expect_err("the connection fails");
    assert_eq!(
        phase_and_limit(&error),
        (TimeoutPhase::Connect, Some(limit))
    );
    assert!(error.is_timeout() && error.is_retryable());
    assert_eq!(error.attempt_count(), 3, "nothing was sent");
    assert!(!error.may_have_happened());
    assert_eq!(
        error.to_string(),
        "connecting for POST /users/{user_id}/ban took longer than 3s (3 attempts)"
    );
}

#[tokio::test(start_paused = true)]
async fn a_call_that_never_connected_says_so_however_short_its_limit_is() {
    let (_listener, address) = silent_server().await;
    let config = ClientConfig::new("sk_test_key").base_url(format!("https://{address}/v1"));
    let client = user::Client::new(config.retry(RetryPolicy::none()));
    for micros in [
        0, 1, 100, 1_000, 1_300, 5_000, 50_000, 1_000_000, 14_999_999,
    ] {
        let limit = Duration::from_micros(micros);
        for call in [
            client.ban("user_1").timeout(limit),
            client.ban("user_1").attempt_timeout(limit),
        ] {
            let error = call.await.expect_err("there is no connection");
            let expected = (limit / 4 * 3).min(DEFAULT_CONNECT_TIMEOUT);
            assert_eq!(
                phase_and_limit(&error),
                (TimeoutPhase::Connect, Some(expected)),
                "{limit:?}"
            );
            assert!(!error.may_have_happened(), "{limit:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_did_connect_has_the_rest_of_its_time_for_the_response() {
    let (_listener, address) = silent_server().await;
    let config = ClientConfig::new("sk_test_key").base_url(format!("http://{address}/v1"));
    let limit = Duration::from_secs(2);
    let error = user::Client::new(config)
        .ban("user_1")
        .attempt_timeout(limit);
    let error = error.await.expect_err("the server never responds");
    assert_eq!(
        phase_and_limit(&error),
        (TimeoutPhase::Attempt, Some(limit))
    );
    assert!(error.may_have_happened());
}

/// A DNS resolver that never resolves a name.
struct PendingResolver;

impl reqwest::dns::Resolve for PendingResolver {
    fn resolve(&self, _: reqwest::dns::Name) -> reqwest::dns::Resolving {
        Box::pin(std::future::pending())
    }
}

fn custom_client() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
}

#[tokio::test(start_paused = true)]
async fn the_connect_timeout_of_a_custom_reqwest_client_applies() {
    let custom = custom_client()
        .dns_resolver(Arc::new(PendingResolver))
        .connect_timeout(Duration::from_secs(1));
    let config = ClientConfig::new("sk_test_key")
        .base_url("https://clerk.test/v1")
        .backend(ReqwestBackend::new(custom.build().expect("a client")));
    let error = user::Client::new(config).get("user_1").await;
    let error = error.expect_err("the name does not resolve");
    assert_eq!(phase_and_limit(&error), (TimeoutPhase::Connect, None));
}

#[tokio::test(start_paused = true)]
async fn the_timeout_of_a_custom_reqwest_client_ends_an_attempt() {
    let (_listener, address) = silent_server().await;
    let custom = custom_client().timeout(Duration::from_secs(2));
    let config = ClientConfig::new("sk_test_key")
        .base_url(format!("http://{address}/v1"))
        .backend(ReqwestBackend::new(custom.build().expect("a client")));
    let client = user::Client::new(config);
    let error = client
        .get("user_1")
        .await
        .expect_err("the server never responds");
    assert_eq!(phase_and_limit(&error), (TimeoutPhase::Attempt, None));
    assert_eq!(error.attempt_count(), 3);
    let error = client
        .ban("user_1")
        .await
        .expect_err("the server never responds");
    assert_eq!(phase_and_limit(&error), (TimeoutPhase::Attempt, None));
    assert_eq!(error.attempt_count(), 1, "the operation may have happened");
}

/// A backend that times out in the middle of a response with the given status.
#[derive(Clone)]
struct SlowBackend(u16);

impl Backend for SlowBackend {
    fn send(&self, _: http::Request<Bytes>) -> BackendFuture<'_> {
        let response = http::Response::builder()
            .status(self.0)
            .header("clerk-trace-id", "trace_1")
            .body(broken_off_body("{\"err", BackendError::timeout("slow")))
            .expect("a response");
        Box::pin(async { Ok(response) })
    }
}

/// Responds with a status and the beginning of a body, whose rest never comes.
fn stalling(status: u16) -> ClientConfig {
    let backend = move |_: http::Request<Bytes>| async move {
        let first = Ok::<_, BackendError>(Frame::data(Bytes::from_static(b"{\"err")));
        let frames = stream::iter([first]).chain(stream::pending());
        let response = http::Response::builder().status(status);
        let body = Body::new(StreamBody::new(frames));
        Ok(response.body(body).expect("a response"))
    };
    ClientConfig::new("sk_test_key").backend(backend)
}

#[tokio::test(start_paused = true)]
async fn an_error_response_whose_body_stalls_keeps_its_status() {
    for (status, attempts) in [(404, 1), (422, 1), (429, 3), (503, 3)] {
        let start = tokio::time::Instant::now();
        let error = user::Client::new(stalling(status)).get("user_1").await;
        let error = error.expect_err("the status is an error");
        assert_eq!(
            error.status().map(|it| it.as_u16()),
            Some(status),
            "{error:?}"
        );
        assert_eq!(error.attempt_count(), attempts, "{status}");
        let Error::Api(api) = &error else {
            panic!("{error:?}")
        };
        assert_eq!(api.raw_json(), "{\"err");
        assert!(
            start.elapsed() <= Duration::from_secs(5 * u64::from(attempts) + 10),
            "{status}"
        );
    }
    let error = user::Client::new(stalling(200)).get("user_1").await;
    let error = error.expect_err("the body never ends");
    assert!(error.is_timeout(), "{error:?}");
}

#[tokio::test]
async fn an_error_response_whose_body_times_out_keeps_its_status() {
    let failure = async |status| {
        let config = ClientConfig::new("sk_test_key").backend(SlowBackend(status));
        let client = user::Client::new(config.retry(RetryPolicy::none()));
        client
            .get("user_1")
            .await
            .expect_err("the response is too slow")
    };
    for status in [404, 429, 503] {
        let error = failure(status).await;
        assert_eq!(error.status().map(|it| it.as_u16()), Some(status));
        assert_eq!(error.trace_id(), Some("trace_1"));
    }
    assert_eq!(
        phase_and_limit(&failure(200).await),
        (TimeoutPhase::Attempt, None)
    );
}
