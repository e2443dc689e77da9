//! Tests of the feature `gzip`: the default backend asks for compressed responses and decodes them, and a response that
//! does not decode is an error like one that breaks off.

mod support;

use std::error::Error as StdError;
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use clerk_sdk::reqwest_013::ReqwestBackend;
use clerk_sdk::{Clerk, ClientConfig, DecodeError, Error, RetryPolicy, user};
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{Method, Response};
use support::{MockBackend, peak_memory};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const USER: &str = r#"{"id":"user_1","first_name":"Ada","created_at":1700000000000}"#;

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).expect("memory is writable");
    encoder.finish().expect("memory is writable")
}

/// A response with a content encoding.
#[derive(Clone)]
struct Compressed {
    status: u16,
    encoding: &'static str,
    body: Vec<u8>,
    framing: Framing,
}

#[derive(Clone, Copy, Debug)]
enum Framing {
    ContentLength,
    /// Chunked transfer, with one byte in each chunk.
    SingleBytes,
    /// A `Content-Length` that the body does not reach, because the connection is closed before.
    BrokenOff,
}

impl Compressed {
    fn gzip(body: Vec<u8>) -> Self {
        Self {
            status: 200,
            encoding: "gzip",
            body,
            framing: Framing::ContentLength,
        }
    }

    fn status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    fn framing(self, framing: Framing) -> Self {
        Self { framing, ..self }
    }

    fn encoding(self, encoding: &'static str) -> Self {
        Self { encoding, ..self }
    }

    fn to_bytes(&self) -> Vec<u8> {
        let Self {
            status,
            encoding,
            body,
            framing,
        } = self;
        let length = match framing {
            Framing::ContentLength => format!("content-length: {}", body.len()),
            Framing::SingleBytes => "transfer-encoding: chunked".to_owned(),
            Framing::BrokenOff => format!("content-length: {}", body.len() + 1),
        };
        let head = format!(
            "HTTP/1.1 {status} Status\r\ncontent-encoding: {encoding}\r\nclerk-trace-id: trace_1\r\n{length}\r\n\r\n"
        );
        let body = match framing {
            Framing::SingleBytes => {
                let chunks = body
                    .iter()
                    .flat_map(|byte| [b'1', b'\r', b'\n', *byte, b'\r', b'\n']);
                chunks.chain(*b"0\r\n\r\n").collect()
            }
            Framing::ContentLength | Framing::BrokenOff => body.clone(),
        };
        [head.into_bytes(), body].concat()
    }
}

/// A server that sends the responses in order, and the last one again and again.
struct Server {
    url: String,
    requests: Arc<Mutex<Vec<String>>>,
    connections: Arc<AtomicUsize>,
}

impl Server {
    async fn start(responses: impl IntoIterator<Item = Compressed>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("the listener is bound");
        let requests = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::new(AtomicUsize::new(0));
        let (log, opened) = (requests.clone(), connections.clone());
        let responses: Arc<[_]> = responses.into_iter().collect();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                opened.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(stream, log.clone(), responses.clone()));
            }
        });
        Self {
            url: format!("http://{address}/v1"),
            requests,
            connections,
        }
    }

    /// A configuration that retries at once.
    fn config(&self) -> ClientConfig {
        let policy = RetryPolicy::new().backoff(Duration::ZERO, Duration::ZERO);
        ClientConfig::new("sk_test_1")
            .base_url(&self.url)
            .retry(policy)
    }

    fn users(&self) -> user::Client {
        user::Client::new(self.config())
    }

    /// The values of a header of all requests, in lower case.
    fn header(&self, name: &str) -> Vec<String> {
        let requests = self.requests.lock().expect("the mutex is not poisoned");
        let lines = requests.iter().flat_map(|request| request.lines());
        let fields = lines.filter_map(|line| line.split_once(": "));
        fields
            .filter(|(field, _)| field.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.to_owned())
            .collect()
    }
}

async fn serve(mut stream: TcpStream, log: Arc<Mutex<Vec<String>>>, responses: Arc<[Compressed]>) {
    let mut request = Vec::new();
    while let Ok(1..) = stream.read_buf(&mut request).await {
        if !request.ends_with(b"\r\n\r\n") {
            continue;
        }
        let number = {
            let mut log = log.lock().expect("the mutex is not poisoned");
            log.push(String::from_utf8_lossy(&request).into_owned());
            log.len().min(responses.len()) - 1
        };
        request.clear();
        let response = &responses[number];
        let is_sent = stream.write_all(&response.to_bytes()).await;
        if is_sent.is_err() || matches!(response.framing, Framing::BrokenOff) {
            return;
        }
    }
}

fn decode_error<T: std::fmt::Debug>(result: clerk_sdk::Result<T>) -> DecodeError {
    match result {
        Err(Error::Decode(error)) => error,
        other => panic!("{other:?}"),
    }
}

fn reason(error: &DecodeError) -> String {
    error.source().map(ToString::to_string).unwrap_or_default()
}

#[tokio::test]
async fn a_gzip_response_is_asked_for_and_decoded() {
    for encoding in ["gzip", "x-gzip", "GZip"] {
        for framing in [Framing::ContentLength, Framing::SingleBytes] {
            let response = Compressed::gzip(gzip(USER.as_bytes())).encoding(encoding);
            let server = Server::start([response.framing(framing)]).await;
            let user = server
                .users()
                .get("user_1")
                .await
                .expect("the body decodes");
            assert_eq!(user.first_name.as_deref(), Some("Ada"));
            assert_eq!(user.raw_json(), USER);
            assert_eq!(user.trace_id(), Some("trace_1"));
            for name in ["content-encoding", "content-length"] {
                assert!(!user.headers().contains_key(name), "{name}");
            }
            assert_eq!(server.header("accept-encoding"), ["gzip"]);
        }
    }
}

#[tokio::test]
async fn a_decoded_response_leaves_its_connection_reusable() {
    for framing in [Framing::ContentLength, Framing::SingleBytes] {
        let response = Compressed::gzip(gzip(USER.as_bytes())).framing(framing);
        let server = Server::start([response]).await;
        let users = server.users();
        for _ in 0..5 {
            users.get("user_1").await.expect("the body decodes");
        }
        assert_eq!(server.connections.load(Ordering::SeqCst), 1, "{framing:?}");
    }
}

#[tokio::test]
async fn all_members_of_a_gzip_body_are_decoded() {
    let members: Vec<_> = USER.as_bytes().chunks(7).map(gzip).collect();
    let body = [gzip(b""), members.concat(), gzip(b"")].concat();
    for framing in [Framing::ContentLength, Framing::SingleBytes] {
        let server = Server::start([Compressed::gzip(body.clone()).framing(framing)]).await;
        let user = server
            .users()
            .get("user_1")
            .await
            .expect("the body decodes");
        assert_eq!(user.raw_json(), USER);
    }
}

#[tokio::test]
async fn a_response_without_content_is_empty_although_it_says_gzip() {
    for framing in [Framing::ContentLength, Framing::SingleBytes] {
        let server = Server::start([Compressed::gzip(Vec::new()).framing(framing)]).await;
        let request = Clerk::new(server.config()).request(Method::POST, "/sync");
        let response = request.call::<()>().await.expect("nothing has to decode");
        assert!(response.raw_body().is_empty());
    }
    for (status, framing) in [(204, Framing::BrokenOff), (304, Framing::BrokenOff)] {
        let response = Compressed::gzip(Vec::new()).status(status).framing(framing);
        let server = Server::start([response]).await;
        let request = Clerk::new(server.config()).request(Method::POST, "/sync");
        let result = request.call::<()>().await;
        let received = result.map_or_else(|error| error.status(), |it| Some(it.http_status()));
        assert_eq!(received.map(|status| status.as_u16()), Some(status));
    }
}

/// Bodies that are not valid gzip, with the reason that the error states.
fn invalid_bodies() -> Vec<(Compressed, &'static str)> {
    let whole = gzip(USER.as_bytes());
    let length = whole.len();
    let with = |position: usize, byte: u8| {
        let mut body = whole.clone();
        body[position] ^= byte;
        Compressed::gzip(body)
    };
    let cut = |length: usize| Compressed::gzip(whole[..length].to_vec());
    let not_gzip = Compressed::gzip(USER.into());
    vec![
        (cut(1), "unexpected end of file"),
        (cut(length / 2), "incomplete deflate stream"),
        (cut(length - 1), "unexpected end of file"),
        (with(10, 0b100), "corrupt deflate stream"),
        (with(length - 8, 1), "checksum"),
        (with(length - 1, 1), "checksum"),
        (not_gzip, "invalid gzip header"),
        (
            Compressed::gzip([&*whole, b"trailing bytes"].concat()),
            "invalid gzip header",
        ),
    ]
}

#[tokio::test]
async fn a_body_that_is_not_valid_gzip_is_an_error_like_one_that_breaks_off() {
    for (response, expected) in invalid_bodies() {
        for framing in [Framing::ContentLength, Framing::SingleBytes] {
            let server = Server::start([response.clone().framing(framing)]).await;
            let error = decode_error(server.users().get("user_1").await);
            assert!(error.is_truncated(), "{expected}");
            assert_eq!(error.attempt_count(), 3, "{expected}");
            assert_eq!(error.trace_id(), Some("trace_1"));
            let reason = reason(&error);
            assert!(
                reason.starts_with("the gzip encoding of the body"),
                "{reason}"
            );
            assert!(reason.contains(expected), "{reason}");
            assert!(!format!("{error} {error:?} {reason}").contains("Ada"));

            let error = decode_error(server.users().ban("user_1").await);
            assert_eq!(error.attempt_count(), 1, "{expected}");
        }
    }
}

#[tokio::test]
async fn an_idempotent_call_is_retried_after_an_invalid_body() {
    let (invalid, _) = invalid_bodies().swap_remove(1);
    let whole = Compressed::gzip(gzip(USER.as_bytes()));
    let server = Server::start([invalid, whole]).await;
    let user = server
        .users()
        .get("user_1")
        .await
        .expect("the retry succeeds");
    assert_eq!((user.attempt_count(), &*user.id), (2, "user_1"));
}

#[tokio::test]
async fn what_was_received_before_the_connection_broke_off_is_kept() {
    // Stored without compression, so that nearly all of the received bytes are content. It is longer than the chunks
    // in which it is decoded.
    let text = format!(
        r#"{{"id":"user_1","first_name":"{}"}}"#,
        "a".repeat(100_000)
    );
    let mut encoder = GzEncoder::new(Vec::new(), Compression::none());
    encoder
        .write_all(text.as_bytes())
        .expect("memory is writable");
    let body = encoder.finish().expect("memory is writable");
    for length in [body.len(), body.len() - 8, 90_000, 100] {
        let response = Compressed::gzip(body[..length].to_vec());
        let server = Server::start([response.framing(Framing::BrokenOff)]).await;
        let error = decode_error(server.users().get("user_1").await);
        assert!(error.is_truncated());
        assert_eq!(error.attempt_count(), 3);
        let reason = reason(&error);
        assert!(!reason.contains("gzip"), "{reason}");
        assert!(text.as_bytes().starts_with(error.raw_body()), "{length}");
        let overhead = length - error.raw_body().len();
        assert!(overhead < 100, "{length}: {overhead}");
    }
}

#[tokio::test]
async fn an_error_status_is_kept_whatever_the_state_of_its_body() {
    let body = r#"{"errors":[{"code":"form_identifier_exists","message":"taken"}]}"#;
    let whole = gzip(body.as_bytes());
    for status in [422, 500] {
        let server = Server::start([Compressed::gzip(whole.clone()).status(status)]).await;
        let error = server
            .users()
            .ban("user_1")
            .await
            .expect_err("an error status");
        assert!(error.has_code("form_identifier_exists"), "{error}");
        let Error::Api(error) = error else {
            panic!("{error:?}");
        };
        assert_eq!(error.raw_json(), body);

        let mut broken: Vec<_> = invalid_bodies().into_iter().map(|(body, _)| body).collect();
        let half = Compressed::gzip(whole[..whole.len() / 2].to_vec());
        broken.push(half.framing(Framing::BrokenOff));
        for response in broken {
            let server = Server::start([response.status(status)]).await;
            let error = server
                .users()
                .ban("user_1")
                .await
                .expect_err("an error status");
            assert!(matches!(error, Error::Api(_)), "{error:?}");
            assert_eq!(error.status().map(|it| it.as_u16()), Some(status));
            assert_eq!(error.trace_id(), Some("trace_1"));
        }
    }
}

#[tokio::test]
async fn the_size_limit_counts_decoded_bytes() {
    let text = format!(r#"{{"id":"{}"}}"#, "a".repeat(100_000));
    let server = Server::start([Compressed::gzip(gzip(text.as_bytes()))]).await;
    let limited = |limit| user::Client::new(server.config().max_response_bytes(limit));
    let user = limited(text.len())
        .get("user_1")
        .await
        .expect("it is within the limit");
    assert_eq!(user.raw_json(), text);
    let error = decode_error(limited(text.len() - 1).get("user_1").await);
    assert!(!error.is_truncated());
    assert_eq!(error.attempt_count(), 1);
    assert_eq!(error.raw_json(), text[..text.len() - 1]);
}

#[tokio::test]
async fn a_decompression_bomb_is_stopped_at_the_limit_in_bounded_memory() {
    const MB: usize = 1024 * 1024;
    const LIMIT: usize = 4 * MB;
    // A megabyte that decodes to a gigabyte.
    let body = gzip(&vec![b' '; 8 * MB]).repeat(128);
    let server = Server::start([Compressed::gzip(body)]).await;
    let client = user::Client::new(server.config().max_response_bytes(LIMIT));
    let before = peak_memory().unwrap_or_default();
    let error = decode_error(client.get("user_1").await);
    let grown = peak_memory().unwrap_or_default() - before;
    assert_eq!(error.raw_body().len(), LIMIT);
    assert!(reason(&error).contains("larger than"), "{}", reason(&error));
    assert!(grown < 100 * MB, "{grown}");
}

#[tokio::test]
async fn the_users_accept_encoding_is_sent_instead() {
    let server = Server::start([Compressed::gzip(gzip(USER.as_bytes()))]).await;
    let config = server.config().header("Accept-Encoding", "identity");
    let client = user::Client::new(config);
    let user = client
        .get("user_1")
        .await
        .expect("the body decodes nevertheless");
    assert_eq!(user.raw_json(), USER);
    let call = server
        .users()
        .get("user_1")
        .header("accept-encoding", "gzip;q=0.5");
    call.await.expect("the body decodes");
    assert_eq!(server.header("accept-encoding"), ["identity", "gzip;q=0.5"]);
}

#[tokio::test]
async fn other_encodings_are_kept_and_named_in_the_error() {
    for encoding in [
        "br",
        "deflate",
        "gzip, gzip",
        "gzip\r\ncontent-encoding: br",
    ] {
        let body = gzip(USER.as_bytes());
        let server = Server::start([Compressed::gzip(body.clone()).encoding(encoding)]).await;
        let error = decode_error(server.users().get("user_1").await);
        assert!(!error.is_truncated());
        assert_eq!(error.attempt_count(), 1);
        assert_eq!(error.raw_body(), &body);
        assert!(error.headers().contains_key("content-encoding"));
        let first = encoding.lines().next().unwrap_or_default();
        let expected = format!("the body has the content encoding \"{first}\"");
        assert!(reason(&error).starts_with(&expected), "{}", reason(&error));
    }
}

#[tokio::test]
async fn backends_of_the_user_neither_ask_for_gzip_nor_decode_it() {
    let body = gzip(USER.as_bytes());
    let server = Server::start([Compressed::gzip(body.clone())]).await;
    let own = ReqwestBackend::new(reqwest::Client::new());
    let client = user::Client::new(server.config().backend(own));
    let error = decode_error(client.get("user_1").await);
    assert_eq!(error.raw_body(), &body);
    assert!(server.header("accept-encoding").is_empty());

    let content = Bytes::from(body.clone());
    let backend = MockBackend::with(move || {
        let mut response = Response::new(content.clone());
        let encoding = http::HeaderValue::from_static("gzip");
        response.headers_mut().insert("content-encoding", encoding);
        response
    });
    let error = decode_error(user::Client::new(backend.config()).get("user_1").await);
    assert_eq!(error.raw_body(), &body);
    assert!(
        !backend
            .only_request()
            .headers()
            .contains_key("accept-encoding")
    );
}
