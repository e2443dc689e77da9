//! Services and layers of tower's around the calls.

mod support;

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use clerk_sdk::{BackendError, Clerk, ClientConfig, Error, RetryPolicy, TimeoutPhase, user};
use clerk_sdk_tests::Emulator;
use futures_util::future::join_all;
use http_body_util::{Full, StreamBody};
use support::raw_server;
use tower::limit::ConcurrencyLimitLayer;
use tower::{Layer, ServiceBuilder, service_fn};

fn config() -> ClientConfig {
    ClientConfig::new("sk_test_tower").retry(RetryPolicy::none())
}

async fn failure(config: ClientConfig) -> Error {
    let client = user::Client::new(config);
    client.get("user_1").await.expect_err("it fails")
}

#[tokio::test]
async fn a_layer_stands_around_every_call_to_the_network() {
    let server = Emulator::start().await.expect("a free port");
    let calls = Arc::new(AtomicUsize::new(0));
    let seen = calls.clone();
    let count = tower::util::MapRequestLayer::new(move |request: http::Request<Full<Bytes>>| {
        seen.fetch_add(1, Ordering::SeqCst);
        request
    });
    let layers = ServiceBuilder::new()
        .layer(count)
        .concurrency_limit(2)
        .into_inner();
    let config = ClientConfig::new(server.key()).base_url(server.url());
    let clerk = Clerk::new(config.layer(layers));
    let params = user::CreateParams::new().first_name("Ada");
    let ada = clerk.user().create(&params).await.expect("a user");
    assert_eq!(ada.first_name.as_deref(), Some("Ada"));
    clerk
        .user()
        .get("user_none")
        .await
        .expect_err("there is none");
    assert_eq!(calls.load(Ordering::SeqCst), 2);
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn what_a_layer_changes_goes_out_as_it_left_the_layer() {
    let (url, heard) = raw_server(b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
    let older = tower::util::MapRequestLayer::new(|mut request: http::Request<Full<Bytes>>| {
        *request.version_mut() = http::Version::HTTP_10;
        request
    });
    let client = user::Client::new(config().base_url(url).layer(older));
    client.get("user_1").await.expect("an answer");
    let heard = heard.lock().expect("no test panicked here");
    let line = heard[0].lines().next();
    assert_eq!(line, Some("GET /v1/users/user_1 HTTP/1.0"));
}

/// Notes how many requests are under way at once.
#[derive(Clone, Default)]
struct Busy {
    now: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

#[tokio::test(start_paused = true)]
async fn a_limit_on_concurrency_is_one_for_all_clones_of_a_client() {
    let busy = Busy::default();
    let inner = busy.clone();
    let service = service_fn(move |_: http::Request<Full<Bytes>>| {
        let busy = inner.clone();
        async move {
            let now = busy.now.fetch_add(1, Ordering::SeqCst) + 1;
            busy.most.fetch_max(now, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(1)).await;
            busy.now.fetch_sub(1, Ordering::SeqCst);
            Ok::<_, Infallible>(http::Response::new(Full::<Bytes>::from("{}")))
        }
    });
    let limited = ConcurrencyLimitLayer::new(8).layer(service);
    let client = user::Client::new(config().service(limited));
    let results = join_all((0..100).map(|_| client.clone().get("user_1"))).await;
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(busy.most.load(Ordering::SeqCst), 8);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_never_ready_runs_into_the_limit_of_the_attempt() {
    let service = service_fn(|_: http::Request<Full<Bytes>>| {
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
            panic!("it ended")
        };
        assert_eq!(error.phase(), TimeoutPhase::Attempt);
    }
}

#[tokio::test]
async fn failures_of_the_network_keep_their_kind_through_layers() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let closed = format!("http://{}/v1", listener.local_addr().expect("it is bound"));
    drop(listener);
    let boxed = || {
        tower::util::MapErrLayer::new(
            |error: BackendError| -> Box<dyn std::error::Error + Send + Sync> { error.into() },
        )
    };
    let error = failure(config().base_url(closed).layer(boxed())).await;
    assert!(
        matches!(&error, Error::Transport(error) if error.is_connect()),
        "{error:?}"
    );

    let (url, _) = raw_server(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"id\":").await;
    let error = failure(config().base_url(url).layer(boxed())).await;
    let Error::Decode(decode) = &error else {
        panic!("{error:?}")
    };
    assert_eq!(
        (decode.raw_json().as_ref(), decode.is_truncated()),
        ("{\"id\":", true)
    );

    let refusing = service_fn(|_: http::Request<Full<Bytes>>| async {
        Err::<http::Response<Full<Bytes>>, _>(std::io::Error::other("full"))
    });
    let error = failure(config().service(refusing)).await;
    assert!(
        matches!(&error, Error::Transport(error) if !error.is_connect()),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_body_in_pieces_is_read_up_to_the_limit_and_a_broken_one_is_kept() {
    let pieces = |pieces: Vec<Result<&'static str, &'static str>>| {
        service_fn(move |_: http::Request<Full<Bytes>>| {
            let frames = pieces.clone().into_iter().map(|piece| match piece {
                Ok(text) => Ok(http_body::Frame::data(Bytes::from(text))),
                Err(reason) => Err(std::io::Error::other(reason)),
            });
            let body = StreamBody::new(futures_util::stream::iter(frames));
            async move { Ok::<_, Infallible>(http::Response::new(body)) }
        })
    };
    let whole = config().service(pieces(vec![Ok("{\"id\":"), Ok("\"user_1\"}")]));
    assert_eq!(
        user::Client::new(whole)
            .get("user_1")
            .await
            .expect("a user")
            .id,
        "user_1"
    );

    let long = config()
        .max_response_bytes(10)
        .service(pieces(vec![Ok("{\"id\":"), Ok("\"user_1\"}")]));
    let Error::Decode(decode) = failure(long).await else {
        panic!("it is too long")
    };
    assert_eq!(
        (decode.raw_json().as_ref(), decode.is_truncated()),
        ("{\"id\":\"use", false)
    );

    let broken = config().service(pieces(vec![Ok("{\"id\":"), Err("reset")]));
    let Error::Decode(decode) = failure(broken).await else {
        panic!("it broke off")
    };
    assert_eq!(
        (decode.raw_json().as_ref(), decode.is_truncated()),
        ("{\"id\":", true)
    );
}

#[tokio::test]
async fn each_attempt_goes_through_the_layers_and_the_key_stays_marked() {
    let attempts = Arc::new(AtomicUsize::new(0));
    let seen = attempts.clone();
    let service = service_fn(move |request: http::Request<Full<Bytes>>| {
        let first = seen.fetch_add(1, Ordering::SeqCst) == 0;
        assert!(request.headers()["authorization"].is_sensitive());
        assert!(!format!("{request:?}").contains("sk_test"));
        async move {
            let mut response = http::Response::new(Full::<Bytes>::from("{}"));
            if first {
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
        client.get("user_1").await.expect("the second").attempts(),
        2
    );
    assert_eq!(attempts.load(Ordering::SeqCst), 2);
}
