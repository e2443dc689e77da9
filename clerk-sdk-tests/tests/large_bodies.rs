//! Bodies of a hundred megabytes: an error or a value, in memory that has a bound.
//!
//! One test, as what the process uses is measured.

mod support;

use clerk_sdk::{Clerk, ClientConfig, Error};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use support::peak;

const MB: usize = 1024 * 1024;

/// Answers one request with `start`, then `repeated` until there are `length` bytes, then `end`; gives
/// the address, and how much of it could be written.
async fn server(
    start: &'static str,
    repeated: &'static str,
    length: usize,
    end: &'static str,
) -> (String, tokio::task::JoinHandle<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}/v1", listener.local_addr().expect("it is bound"));
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

/// Runs `call`, and says how much it raised the peak.
async fn growth<T>(call: impl Future<Output = T>) -> (T, usize) {
    let before = peak().unwrap_or_default();
    let result = call.await;
    (result, peak().unwrap_or_default() - before)
}

#[tokio::test]
async fn a_large_body_is_an_error_or_a_value_in_bounded_memory() {
    // Many small items, which in memory would be hundreds of times as long.
    let (url, _) = server("[", "{},", 16 * MB, "{}]").await;
    let (result, grown) = growth(list(&url, None)).await;
    let Err(Error::Decode(error)) = result else {
        panic!("{result:?}");
    };
    assert!(error.body().len() > 15 * MB, "the answer is kept");
    assert!(error.path().starts_with("$["), "{}", error.path());
    assert!(grown < 600 * MB, "{grown}");

    // More than the limit: the rest is not read.
    let (url, written) = server("[{\"id\":\"", "a", 400 * MB, "\"}]").await;
    let (result, grown) = growth(list(&url, None)).await;
    assert!(matches!(result, Err(Error::Decode(_))), "{result:?}");
    drop(result);
    let written = written.await.expect("the server did not panic");
    assert!(written < 100 * MB, "{written} bytes were taken");
    assert!(grown < 300 * MB, "{grown}");

    // A hundred megabytes that the caller allows.
    let (url, _) = server("[{\"id\":\"", "a", 100 * MB, "\"}]").await;
    let (result, grown) = growth(list(&url, Some(128 * MB))).await;
    assert_eq!(result.ok(), Some(100 * MB));
    assert!(grown < 600 * MB, "{grown}");

    // As much that is nothing but depth.
    let (url, _) = server("", "[", 100 * MB, "").await;
    let (result, _) = growth(list(&url, Some(128 * MB))).await;
    assert!(matches!(result, Err(Error::Decode(_))), "{result:?}");
}
