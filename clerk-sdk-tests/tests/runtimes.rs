//! Many runtimes and one client: each runtime keeps connections of its own, for as long as it lives.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use clerk_sdk::{ClientConfig, Error, RetryPolicy, user};

/// Serves a user to everybody until the program ends; gives its address, and how many connections there were.
fn serve() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let connections = Arc::new(AtomicUsize::new(0));
    let count = connections.clone();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            count.fetch_add(1, Ordering::SeqCst);
            thread::spawn(move || answer(&stream));
        }
    });
    (format!("http://{address}/v1"), connections)
}

/// Answers each request of a connection, none of which has a body.
fn answer(mut stream: &TcpStream) -> io::Result<()> {
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

#[test]
fn each_of_many_runtimes_in_turn_keeps_the_connection_that_it_opened() {
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
                // A runtime of one thread stands still from here on, and the connection is not back in its pool.
                for _ in 0..16 {
                    tokio::task::yield_now().await;
                }
            });
        }
    }
    assert_eq!(connections.load(Ordering::SeqCst), 40);
}

#[test]
fn outside_a_runtime_a_call_is_an_error_and_no_panic_with_a_client_of_ones_own_too() {
    let (url, connections) = serve();
    // This build of reqwest leaves the choice of cryptography to the program.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let own = reqwest::Client::new();
    for config in [config(url.clone()), config(url).http_client(own)] {
        let call = user::Client::new(config).get("user_1");
        let error = futures_util::FutureExt::now_or_never(call).expect("it does not wait");
        let error = error.expect_err("nothing can open a connection");
        let Error::Transport(error) = error else {
            panic!("{error:?}")
        };
        assert!(error.is_connect());
    }
    assert_eq!(connections.load(Ordering::SeqCst), 0);
}
