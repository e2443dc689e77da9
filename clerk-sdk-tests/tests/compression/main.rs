//! Tests of the feature `gzip`: the default backend asks for compressed responses and decodes them.

mod invalid_bodies;
mod server;
#[path = "../support/mod.rs"]
mod support;

use std::error::Error as StdError;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use clerk_sdk::reqwest_013::ReqwestBackend;
use clerk_sdk::{Clerk, DecodeError, Error, user};
use http::{Method, Response};
use server::{Compressed, Framing, Server, USER, gzip};
use support::{MockBackend, peak_memory};

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
