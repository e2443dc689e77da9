//! Tests that a response body of a hundred megabytes either decodes or is an error, in bounded memory.
//!
//! This program has a single test, because it measures the memory of the whole process.

mod support;

use clerk_sdk::{Clerk, ClientConfig, Error};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use support::peak_memory;

const MB: usize = 1024 * 1024;

/// Responds to one request with `start`, then `length` bytes of `repeated`, then `end`. Returns the base URL and a task
/// that returns the number of bytes written.
async fn server(
    start: &'static str,
    repeated: &'static str,
    length: usize,
    end: &'static str,
) -> (String, tokio::task::JoinHandle<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!(
        "http://{}/v1",
        listener.local_addr().expect("the listener is bound")
    );
    let written = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let mut head = vec![0; 64 * 1024];
        let _ = stream.read(&mut head).await.expect("a request");
        let head = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n";
        let mut written = 0;
        let chunk = repeated.repeat(MB / repeated.len());
        let chunks = std::iter::repeat_n(&*chunk, length / chunk.len());
        for part in [head, start].into_iter().chain(chunks).chain([end]) {
            if stream.write_all(part.as_bytes()).await.is_err() {
                break;
            }
            written += part.len();
        }
        let _ = stream.shutdown().await;
        written
    });
    (url, written)
}

async fn list(url: &str, limit: Option<usize>) -> Result<usize, Error> {
    let mut config = ClientConfig::new("sk_test_large").base_url(url);
    if let Some(limit) = limit {
        config = config.max_response_bytes(limit);
    }
    let users = Clerk::new(config).user().list(&Default::default()).await?;
    Ok(users.iter().map(|user| user.id.len()).sum())
}

/// Runs `call`, and returns its result and by how much it raised the peak memory usage.
async fn measure_growth<T>(call: impl Future<Output = T>) -> (T, usize) {
    let before = peak_memory().unwrap_or_default();
    let result = call.await;
    (result, peak_memory().unwrap_or_default() - before)
}

#[tokio::test]
async fn a_large_response_decodes_or_is_an_error_in_bounded_memory() {
    // Many small items, whose decoded values would take hundreds of times as much memory.
    let (url, _) = server("[", "{},", 16 * MB, "{}]").await;
    let (result, grown) = measure_growth(list(&url, None)).await;
    let Err(Error::Decode(error)) = result else {
        panic!("{result:?}");
    };
    assert!(error.raw_body().len() > 15 * MB, "the body is kept");
    assert!(error.path().starts_with("$["), "{}", error.path());
    assert!(grown < 600 * MB, "{grown}");

    // A body over the size limit: the rest is not read.
    let (url, written) = server("[{\"id\":\"", "a", 400 * MB, "\"}]").await;
    let (result, grown) = measure_growth(list(&url, None)).await;
    assert!(matches!(result, Err(Error::Decode(_))), "{result:?}");
    drop(result);
    let written = written.await.expect("the server did not panic");
    assert!(written < 100 * MB, "{written} bytes were read");
    assert!(grown < 300 * MB, "{grown}");

    // A body within a raised limit.
    let (url, _) = server("[{\"id\":\"", "a", 100 * MB, "\"}]").await;
    let (result, grown) = measure_growth(list(&url, Some(128 * MB))).await;
    assert_eq!(result.ok(), Some(100 * MB));
    assert!(grown < 600 * MB, "{grown}");

    // A body of deeply nested arrays.
    let (url, _) = server("", "[", 100 * MB, "").await;
    let (result, _) = measure_growth(list(&url, Some(128 * MB))).await;
    assert!(matches!(result, Err(Error::Decode(_))), "{result:?}");
}
