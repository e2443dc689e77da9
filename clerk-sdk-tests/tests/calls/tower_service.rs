//! Tests of tower layers around the HTTP client, and of tower services in its place.

use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use clerk_sdk::{BackendError, Body, Clerk, ClientConfig, Error, RetryPolicy, TimeoutPhase, user};
use clerk_sdk_tests::Emulator;
use futures_util::future::join_all;
use http_body_util::{Full, StreamBody};
use tower::limit::ConcurrencyLimitLayer;
use tower::{Layer, ServiceBuilder, service_fn};

use crate::support::{MockBackend, raw_server};

fn config() -> ClientConfig {
    ClientConfig::new("sk_test_tower").retry(RetryPolicy::none())
}

async fn failure(config: ClientConfig) -> Error {
    let client = user::Client::new(config);
    client.get("user_1").await.expect_err("the call fails")
}

#[tokio::test]
async fn a_layer_wraps_every_request() {
    let emulator = Emulator::start().await.expect("a free port");
    let count = Arc::new(AtomicUsize::new(0));
    let counter = count.clone();
    let counting = tower::util::MapRequestLayer::new(move |request: http::Request<Body>| {
        counter.fetch_add(1, Ordering::SeqCst);
        request
    });
    let layers = ServiceBuilder::new()
        .layer(counting)
        .concurrency_limit(2)
        .into_inner();
    let config = ClientConfig::new(emulator.key()).base_url(emulator.url());
    let clerk = Clerk::new(config.layer(layers));
    let params = user::CreateParams::new().first_name("Ada");
    let ada = clerk.user().create(&params).await.expect("a user");
    assert_eq!(ada.first_name.as_deref(), Some("Ada"));
    clerk
        .user()
        .get("user_none")
        .await
        .expect_err("the user does not exist");
    assert_eq!(count.load(Ordering::SeqCst), 2);
    assert_eq!(emulator.requests().len(), 2);
}

#[tokio::test]
async fn changes_that_a_layer_makes_to_a_request_are_sent() {
    let (url, requests) =
        raw_server(b"HTTP/1.0 200 OK\r\ncontent-length: 10\r\n\r\n{\"id\":\"1\"}").await;
    let http_10 = tower::util::MapRequestLayer::new(|mut request: http::Request<Body>| {
        *request.version_mut() = http::Version::HTTP_10;
        request
    });
    let client = user::Client::new(config().base_url(url).layer(http_10));
    client.get("user_1").await.expect("a response");
    let requests = requests.lock().expect("the mutex is not poisoned");
    let line = requests[0].lines().next();
    assert_eq!(line, Some("GET /v1/users/user_1 HTTP/1.0"));
}

/// Counts concurrent requests.
#[derive(Clone, Default)]
struct Concurrency {
    current: Arc<AtomicUsize>,
    max: Arc<AtomicUsize>,
}

#[tokio::test(start_paused = true)]
async fn clones_of_a_client_share_a_concurrency_limit() {
    let concurrency = Concurrency::default();
    let shared = concurrency.clone();
    let service = service_fn(move |_: http::Request<Body>| {
        let concurrency = shared.clone();
        async move {
            let current = concurrency.current.fetch_add(1, Ordering::SeqCst) + 1;
            concurrency.max.fetch_max(current, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(1)).await;
            concurrency.current.fetch_sub(1, Ordering::SeqCst);
            Ok::<_, Infallible>(http::Response::new(Full::<Bytes>::from(
                r#"{"id":"1","data":[]}"#,
            )))
        }
    });
    let limited = ConcurrencyLimitLayer::new(8).layer(service);
    let client = user::Client::new(config().service(limited));
    let results = join_all((0..100).map(|_| client.clone().get("user_1"))).await;
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(concurrency.max.load(Ordering::SeqCst), 8);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_never_ready_hits_the_attempt_timeout() {
    let service = service_fn(|_: http::Request<Body>| {
        std::future::pending::<Result<http::Response<Full<Bytes>>, Infallible>>()
    });
    let limited = ConcurrencyLimitLayer::new(1).layer(service);
    let client = user::Client::new(
        config()
            .service(limited)
            .attempt_timeout(Duration::from_secs(5)),
    );
    let results = join_all((0..2).map(|_| client.get("user_1"))).await;
    for result in results {
        let Err(Error::Timeout(error)) = result else {
            panic!("the error is not a timeout")
        };
        assert_eq!(error.phase(), TimeoutPhase::Attempt);
    }
}

#[tokio::test]
async fn network_errors_keep_their_kind_through_layers() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let closed_port = format!(
        "http://{}/v1",
        listener.local_addr().expect("the listener is bound")
    );
    drop(listener);
    let box_errors = || {
        tower::util::MapErrLayer::new(
            |error: BackendError| -> Box<dyn std::error::Error + Send + Sync> { error.into() },
        )
    };
    let error = failure(config().base_url(closed_port).layer(box_errors())).await;
    assert!(
        matches!(&error, Error::Transport(error) if error.is_connect()),
        "{error:?}"
    );

    let (url, _) = raw_server(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"id\":").await;
    let error = failure(config().base_url(url).layer(box_errors())).await;
    let Error::Decode(decode) = &error else {
        panic!("{error:?}")
    };
    assert_eq!(
        (decode.raw_json().as_ref(), decode.is_truncated()),
        ("{\"id\":", true)
    );

    let failing = service_fn(|_: http::Request<Body>| async {
        Err::<http::Response<Full<Bytes>>, _>(std::io::Error::other("full"))
    });
    let error = failure(config().service(failing)).await;
    assert!(
        matches!(&error, Error::Transport(error) if !error.is_connect()),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_body_in_chunks_is_read_up_to_the_limit_and_an_incomplete_one_is_kept() {
    let chunked = |chunks: Vec<Result<&'static str, &'static str>>| {
        service_fn(move |_: http::Request<Body>| {
            let frames = chunks.clone().into_iter().map(|chunk| match chunk {
                Ok(chunk) => Ok(http_body::Frame::data(Bytes::from(chunk))),
                Err(reason) => Err(std::io::Error::other(reason)),
            });
            let body = StreamBody::new(futures_util::stream::iter(frames));
            async move { Ok::<_, Infallible>(http::Response::new(body)) }
        })
    };
    let complete = config().service(chunked(vec![Ok("{\"id\":"), Ok("\"user_1\"}")]));
    assert_eq!(
        user::Client::new(complete)
            .get("user_1")
            .await
            .expect("a user")
            .id,
        "user_1"
    );

    let long = config()
        .max_response_bytes(10)
        .service(chunked(vec![Ok("{\"id\":"), Ok("\"user_1\"}")]));
    let Error::Decode(decode) = failure(long).await else {
        panic!("the error is not a decode error")
    };
    assert_eq!(
        (decode.raw_json().as_ref(), decode.is_truncated()),
        ("{\"id\":\"use", false)
    );

    let incomplete = config().service(chunked(vec![Ok("{\"id\":"), Err("reset")]));
    let Error::Decode(decode) = failure(incomplete).await else {
        panic!("the error is not a decode error")
    };
    assert_eq!(
        (decode.raw_json().as_ref(), decode.is_truncated()),
        ("{\"id\":", true)
    );
}

#[tokio::test]
async fn every_attempt_goes_through_the_service_and_the_key_stays_marked_as_sensitive() {
    let attempts = Arc::new(AtomicUsize::new(0));
    let counter = attempts.clone();
    let service = service_fn(move |request: http::Request<Body>| {
        let is_first = counter.fetch_add(1, Ordering::SeqCst) == 0;
        assert!(request.headers()["authorization"].is_sensitive());
        assert!(!format!("{request:?}").contains("sk_test"));
        async move {
            let mut response = http::Response::new(Full::<Bytes>::from(r#"{"id":"1","data":[]}"#));
            if is_first {
                *response.status_mut() = http::StatusCode::SERVICE_UNAVAILABLE;
                response
                    .headers_mut()
                    .insert("retry-after", http::HeaderValue::from_static("0"));
            }
            Ok::<_, Infallible>(response)
        }
    });
    let backoff = RetryPolicy::new().backoff(Duration::ZERO, Duration::ZERO);
    let client = user::Client::new(config().service(service).retry(backoff));
    assert_eq!(
        client
            .get("user_1")
            .await
            .expect("the second attempt succeeds")
            .attempt_count(),
        2
    );
    assert_eq!(attempts.load(Ordering::SeqCst), 2);
}

/// A layer that records its name for each request.
fn named(
    name: &'static str,
    log: &Arc<Mutex<Vec<&'static str>>>,
) -> impl Layer<
    clerk_sdk::HttpService,
    Service: tower::Service<
        http::Request<Body>,
        Response = http::Response<Body>,
        Error = BackendError,
        Future: Send,
    > + Clone
                 + Send
                 + 'static,
> + Send
+ Sync
+ 'static {
    let log = log.clone();
    tower::util::MapRequestLayer::new(move |request: http::Request<Body>| {
        log.lock().expect("no test panics with the lock").push(name);
        request
    })
}

#[tokio::test]
async fn layers_are_combined_and_wrap_any_backend() {
    let log = Arc::new(Mutex::new(Vec::new()));
    let backend = MockBackend::responding(200, r#"{"id":"1","data":[]}"#);
    let service = {
        let log = log.clone();
        service_fn(move |_: http::Request<Body>| {
            log.lock()
                .expect("no test panics with the lock")
                .push("service");
            async {
                Ok::<_, Infallible>(http::Response::new(Body::from(r#"{"id":"1","data":[]}"#)))
            }
        })
    };
    let first_and_second = |config: ClientConfig| {
        config
            .layer(named("first", &log))
            .layer(named("second", &log))
    };
    for (config, expected) in [
        (
            first_and_second(config().backend(backend.clone())),
            &["second", "first"][..],
        ),
        (
            first_and_second(config()).backend(backend.clone()),
            &["second", "first"],
        ),
        (
            first_and_second(config().service(service)),
            &["second", "first", "service"],
        ),
    ] {
        user::Client::new(config)
            .get("user_1")
            .await
            .expect("a user");
        let mut log = log.lock().expect("no test panics with the lock");
        assert_eq!(*log, expected);
        log.clear();
    }
    assert_eq!(backend.requests().len(), 2);
}

/// A service that is never ready: a circuit breaker that is open.
#[derive(Clone)]
struct Open;

impl tower::Service<http::Request<Body>> for Open {
    type Response = http::Response<Body>;
    type Error = &'static str;
    type Future = std::future::Pending<Result<Self::Response, Self::Error>>;

    fn poll_ready(
        &mut self,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), Self::Error>> {
        std::task::Poll::Ready(Err("the circuit breaker is open"))
    }

    fn call(&mut self, _: http::Request<Body>) -> Self::Future {
        std::future::pending()
    }
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_not_ready_has_sent_nothing() {
    let client = user::Client::new(ClientConfig::new("sk_test_tower").service(Open));
    let error = client
        .create(&user::CreateParams::new())
        .await
        .expect_err("it is not ready");
    assert!(!error.may_have_happened());
    assert_eq!(error.attempt_count(), 3);
}

/// An error that a layer makes of ours.
#[derive(Debug)]
struct Wrapped(BackendError);

impl std::fmt::Display for Wrapped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("wrapped")
    }
}

impl std::error::Error for Wrapped {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

#[tokio::test]
async fn the_kind_of_an_error_that_a_layer_wraps_is_kept() {
    let refused = async |_: http::Request<Bytes>| Err(BackendError::connect("refused"));
    let wrapping = tower::util::MapErrLayer::new(Wrapped);
    let error = failure(config().backend(refused).layer(wrapping)).await;
    assert!(
        matches!(&error, Error::Transport(error) if error.is_connect()),
        "{error:?}"
    );
}

/// A layer that forwards each request after a wait, or rejects it.
#[derive(Clone)]
struct Holding<S>(S, Option<Duration>);

impl<S> tower::Service<http::Request<Body>> for Holding<S>
where
    S: tower::Service<http::Request<Body>, Error = BackendError, Future: Send>
        + Clone
        + Send
        + 'static,
{
    type Response = S::Response;
    type Error = BackendError;
    type Future = futures_util::future::BoxFuture<'static, Result<S::Response, BackendError>>;

    fn poll_ready(
        &mut self,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), BackendError>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let (mut inner, wait) = (self.0.clone(), self.1);
        Box::pin(async move {
            let Some(wait) = wait else {
                return Err(BackendError::new("rejected"));
            };
            tokio::time::sleep(wait).await;
            inner.call(request).await
        })
    }
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_a_layer_forwards_may_have_happened() {
    let broken = async |_: http::Request<Bytes>| Err(BackendError::new("reset"));
    let pending = async |_: http::Request<Bytes>| std::future::pending().await;
    let config = || ClientConfig::new("sk_test_tower").attempt_timeout(Duration::from_secs(2));
    let forwarding = || tower::layer::layer_fn(|inner| Holding(inner, Some(Duration::ZERO)));
    // A layer that makes a new request leaves nothing by which the request could be recognized.
    let renewing = tower::util::MapRequestLayer::new(|request: http::Request<Body>| {
        let (head, body) = request.into_parts();
        let renewed = http::Request::builder().method(head.method).uri(head.uri);
        renewed.body(body).expect("a request")
    });
    for config in [
        config().backend(pending).layer(renewing.clone()),
        config().backend(broken).layer(renewing),
        config().backend(broken).layer(forwarding()),
        config()
            .backend(pending)
            .layer(forwarding())
            .layer(forwarding()),
    ] {
        let error = user::Client::new(config)
            .create(&user::CreateParams::new())
            .await;
        let error = error.expect_err("the call fails");
        assert!(error.may_have_happened(), "{error:?}");
        assert_eq!(error.attempt_count(), 1, "{error:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_a_layer_holds_back_has_not_happened_and_is_retried() {
    for (wait, sent) in [
        (None, 0),
        (Some(Duration::from_secs(100)), 0),
        (Some(Duration::ZERO), 1),
    ] {
        let backend = MockBackend::with(|| {
            let response = http::Response::builder().status(500);
            response.body(Bytes::new()).expect("a response")
        });
        let config = ClientConfig::new("sk_test_tower")
            .backend(backend.clone())
            .attempt_timeout(Duration::from_secs(2))
            .layer(tower::layer::layer_fn(move |inner| Holding(inner, wait)));
        let error = user::Client::new(config)
            .create(&user::CreateParams::new())
            .await;
        let error = error.expect_err("the call fails");
        assert_eq!(backend.requests().len(), sent, "{wait:?}");
        assert_eq!(error.may_have_happened(), sent > 0, "{wait:?} {error:?}");
        assert_eq!(
            error.attempt_count(),
            if sent > 0 { 1 } else { 3 },
            "{wait:?} {error:?}"
        );
    }
}
