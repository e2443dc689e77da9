//! Tests of one client on several tokio runtimes: each runtime keeps its own connections for as long as it lives.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use clerk_sdk::auth::{Authenticator, TokenType};
use clerk_sdk::jwt::Verifier;
use clerk_sdk::reqwest_013::ReqwestBackend;
use clerk_sdk::{Clerk, ClientConfig, Error, RetryPolicy, user};

/// Serves a user until the program ends. Returns the base URL and the number of accepted connections.
fn serve() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("the listener is bound");
    let connections = Arc::new(AtomicUsize::new(0));
    let count = connections.clone();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            count.fetch_add(1, Ordering::SeqCst);
            thread::spawn(move || respond(&stream));
        }
    });
    (format!("http://{address}/v1"), connections)
}

/// Responds to each request of a connection. The requests have no body.
fn respond(mut stream: &TcpStream) -> io::Result<()> {
    for line in BufReader::new(stream).lines() {
        if line?.is_empty() {
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 15\r\n\r\n{\"id\":\"user_1\"}")?;
        }
    }
    Ok(())
}

fn config(url: String) -> ClientConfig {
    ClientConfig::new("sk_test_runtimes")
        .base_url(url)
        .retry(RetryPolicy::none())
}

/// Lets a connection return to the pool: a current-thread runtime makes no progress outside `block_on`.
async fn yield_to_pool() {
    for _ in 0..16 {
        tokio::task::yield_now().await;
    }
}

#[test]
fn every_runtime_keeps_and_reuses_its_own_connection() {
    let (url, connections) = serve();
    let client = user::Client::new(config(url));
    let runtimes: Vec<_> = (0..40)
        .map(|_| {
            let mut builder = tokio::runtime::Builder::new_current_thread();
            builder.enable_all().build().expect("a runtime")
        })
        .collect();
    for _ in 0..3 {
        for runtime in &runtimes {
            runtime.block_on(async {
                client.get("user_1").await.expect("a user");
                yield_to_pool().await;
            });
        }
    }
    assert_eq!(connections.load(Ordering::SeqCst), 40);
}

#[test]
fn a_call_outside_a_runtime_is_an_error_with_a_custom_reqwest_client_too() {
    let (url, connections) = serve();
    let custom = reqwest::Client::new();
    for config in [
        config(url.clone()),
        config(url).backend(ReqwestBackend::new(custom)),
    ] {
        let call = user::Client::new(config).get("user_1");
        let error = futures_util::FutureExt::now_or_never(call).expect("the call does not wait");
        let error = error.expect_err("no connection can be opened");
        let Error::Transport(error) = error else {
            panic!("{error:?}")
        };
        assert!(error.is_connect());
    }
    assert_eq!(connections.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn the_clients_of_a_configuration_share_its_connections() {
    let (url, connections) = serve();
    let config = config(url);
    let clerk = Clerk::new(config.clone());
    let others = [
        clerk.with_key("sk_test_other").user(),
        user::Client::new(config.clone().key("sk_test_another")),
        user::Client::new(config.clone().max_response_bytes(1000)),
        clerk.user(),
    ];
    for client in &others {
        client.get("user_1").await.expect("a user");
        yield_to_pool().await;
    }
    let keys = Verifier::new(config.clone()).prefetch().await;
    keys.expect_err("the response is a user");
    yield_to_pool().await;
    let authenticator = Authenticator::new(config.clone()).accepts_token([TokenType::ApiKey]);
    let request = http::Request::get("/").header("authorization", "Bearer ak_123");
    let (parts, ()) = request.body(()).expect("a request").into_parts();
    authenticator.authenticate(&parts).await;
    assert_eq!(connections.load(Ordering::SeqCst), 1);

    let separate = user::Client::new(config.connect_timeout(Duration::from_secs(1)));
    separate.get("user_1").await.expect("a user");
    assert_eq!(connections.load(Ordering::SeqCst), 2);
}
