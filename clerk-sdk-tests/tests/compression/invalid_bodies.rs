//! Tests of responses whose encoding is truncated or corrupt: they are errors like responses that break off.

use std::io::Write;

use clerk_sdk::Error;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::server::{Compressed, Framing, Server, USER, gzip};
use crate::{decode_error, reason};

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
