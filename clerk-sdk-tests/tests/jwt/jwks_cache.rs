//! Tests of Clerk's keys, fetched from the emulator over HTTP: how often they are fetched, and how long they are used.

use std::sync::Arc;

use clerk_sdk::ClientConfig;
use clerk_sdk::jwt::{RemoteJwks, TokenError, TokenErrorKind, Verifier};
use clerk_sdk_tests::{Emulator, Signer, StubbedResponse};
use serde_json::{Value, json};

use super::{Clock, claims_with};

struct Fixture {
    clerk: Emulator,
    clock: Clock,
    jwks: RemoteJwks,
    verifier: Verifier,
}

impl Fixture {
    async fn new() -> Self {
        let clerk = Emulator::start().await.expect("a free port");
        let clock = Clock::new();
        let jwks = RemoteJwks::new(ClientConfig::new(clerk.key()).base_url(clerk.url()));
        let verifier = Verifier::new(jwks.clone()).clock(clock.read());
        Self {
            clerk,
            clock,
            jwks,
            verifier,
        }
    }

    fn fetches(&self) -> usize {
        let requests = self.clerk.requests();
        requests.iter().filter(|it| it.path == "/v1/jwks").count()
    }

    /// Returns a token that is valid now.
    fn token(&self, signer: &Signer) -> String {
        let now = self.clock.seconds();
        signer.sign(&claims_with(
            json!({"exp": now + 50, "iat": now, "nbf": now}),
        ))
    }

    async fn verify(&self, signer: &Signer) -> Result<(), TokenError> {
        self.verifier.verify(&self.token(signer)).await.map(|_| ())
    }

    /// Keeps verifying until a background fetch has reached the emulator.
    async fn until_fetched(&self, signer: &Signer, fetches: usize) {
        for _ in 0..1_000 {
            if self.fetches() >= fetches {
                return;
            }
            self.verify(signer).await.expect("the token is valid");
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        panic!("{} of {fetches} fetches", self.fetches());
    }

    fn fail(&self, status: u16, times: usize) {
        for _ in 0..times {
            self.clerk.stub(StubbedResponse {
                method: "GET".to_owned(),
                path: "/jwks".to_owned(),
                status,
                headers: Vec::new(),
                body: b"<html>no</html>".to_vec(),
            });
        }
    }
}

fn jwks(signers: &[&Signer]) -> Value {
    json!({"keys": signers.iter().map(|it| it.jwk()).collect::<Vec<_>>()})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_requests_at_once_fetch_the_keys_once() {
    let fixture = Arc::new(Fixture::new().await);
    let token = fixture.token(&Signer::instance());
    let mut requests = tokio::task::JoinSet::new();
    for _ in 0..1_000 {
        let (fixture, token) = (fixture.clone(), token.clone());
        requests.spawn(async move { fixture.verifier.verify(&token).await.map(|_| ()) });
    }
    while let Some(outcome) = requests.join_next().await {
        outcome
            .expect("no task panics")
            .expect("the token is valid");
    }
    assert_eq!(fixture.fetches(), 1);
}

#[tokio::test]
async fn cancelling_a_request_does_not_cancel_the_fetch() {
    let fixture = Fixture::new().await;
    let token = fixture.token(&Signer::instance());
    {
        let mut cancelled = std::pin::pin!(fixture.verifier.verify(&token));
        let once = std::future::poll_fn(|context| {
            std::task::Poll::Ready(cancelled.as_mut().poll(context).is_pending())
        });
        assert!(once.await, "the call is waiting for the keys");
    }
    fixture
        .verify(&Signer::instance())
        .await
        .expect("the token is valid");
    assert_eq!(fixture.fetches(), 1);
}

#[tokio::test]
async fn keys_are_refreshed_in_the_background() {
    let fixture = Fixture::new().await;
    let signer = Signer::instance();
    fixture.verify(&signer).await.expect("the token is valid");
    fixture.clock.advance(5 * 60 - 1);
    fixture.verify(&signer).await.expect("the token is valid");
    assert_eq!(fixture.fetches(), 1, "the cached keys are fresh");

    // Requests do not wait for a refresh that never ends.
    fixture.clerk.hang("GET", "/jwks");
    fixture.clock.advance(1);
    fixture.until_fetched(&signer, 2).await;
    for _ in 0..10 {
        fixture.verify(&signer).await.expect("the token is valid");
    }
    assert_eq!(fixture.fetches(), 2, "only one refresh is in flight");
}

#[tokio::test]
async fn verify_now_fails_until_the_keys_are_loaded() {
    let fixture = Fixture::new().await;
    let token = fixture.token(&Signer::instance());
    let error = fixture
        .verifier
        .verify_cached(&token)
        .expect_err("there are no keys");
    assert!(error.kind() == TokenErrorKind::UnknownKey);
    fixture
        .jwks
        .prefetch()
        .await
        .expect("the emulator responds");
    assert_eq!(fixture.fetches(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_is_fetched_when_a_token_names_it() {
    let fixture = Arc::new(Fixture::new().await);
    let mut old = Signer::instance();
    fixture.verify(&old).await.expect("the token is valid");
    for round in 1..=8 {
        let new = Signer::generate(&format!("ins_{round}"), "ES256");
        fixture.clerk.set_jwks(&jwks(&[&old, &new]));
        fixture.clock.advance(20);
        let mut requests = tokio::task::JoinSet::new();
        for number in 0..200 {
            let signer = if number % 2 == 0 { &old } else { &new };
            let (fixture, token) = (fixture.clone(), fixture.token(signer));
            requests.spawn(async move { fixture.verifier.verify(&token).await.map(|_| ()) });
        }
        while let Some(outcome) = requests.join_next().await {
            outcome
                .expect("no task panics")
                .expect("both keys are valid");
        }
        old = new;
    }
    assert_eq!(fixture.fetches(), 9, "one for each new key");
}

#[tokio::test]
async fn cached_keys_are_used_for_an_hour_while_clerk_fails() {
    let fixture = Fixture::new().await;
    let signer = Signer::instance();
    fixture.verify(&signer).await.expect("the token is valid");
    fixture.fail(503, 500);
    for minutes in [9, 20, 45, 59] {
        fixture.clock.set_millis((super::NOW + minutes * 60) * 1000);
        fixture
            .verify(&signer)
            .await
            .unwrap_or_else(|error| panic!("{minutes}: {error}"));
    }
    fixture.clock.set_millis((super::NOW + 60 * 60) * 1000);
    let error = fixture
        .verify(&signer)
        .await
        .expect_err("the cached keys have expired");
    assert!(error.kind() == TokenErrorKind::KeysUnavailable, "{error}");
    assert_eq!(error.code(), "jwk-remote-failed-to-load");
    let source = std::error::Error::source(&error).expect("the error has a source");
    assert!(source.to_string().contains("503"), "{source}");
}

#[tokio::test]
async fn a_failed_fetch_is_retried_after_the_backoff() {
    let fixture = Fixture::new().await;
    let signer = Signer::instance();
    fixture.fail(500, 1);
    assert!(fixture.verify(&signer).await.is_err());
    assert!(
        fixture.verify(&signer).await.is_err(),
        "there is no second fetch during the backoff"
    );
    assert_eq!(fixture.fetches(), 1);
    // The backoff of a second began when the fetch failed.
    fixture.clock.advance(2);
    fixture.verify(&signer).await.expect("the fetch succeeds");
    assert_eq!(fixture.fetches(), 2);
}

#[tokio::test]
async fn the_backoff_grows_exponentially() {
    let fixture = Fixture::new().await;
    fixture.fail(500, 100);
    for _ in 0..120 {
        assert!(fixture.verify(&Signer::instance()).await.is_err());
        fixture.clock.advance(1);
    }
    // The backoff is 1, 2, 4, 8 and 16 seconds, and 30 seconds from then on.
    assert_eq!(fixture.fetches(), 8);
}

#[tokio::test]
async fn a_response_without_keys_is_an_error_with_its_cause() {
    let huge = json!({"keys": [Signer::instance().jwk()], "padding": "x".repeat(1024 * 1024)});
    for (body, cause) in [
        (r#"{"keys": []}"#, "none of its keys can be used"),
        (
            r#"{"keys": [{"kty": "oct", "k": "AQAB", "kid": "a"}]}"#,
            "none of its keys can be used",
        ),
        ("<html></html>", "cannot decode"),
        ("", "cannot decode"),
        (r#"{"keys": 7}"#, ""),
        (&huge.to_string(), "cannot decode"),
    ] {
        let fixture = Fixture::new().await;
        fixture.clerk.stub(StubbedResponse {
            method: "GET".to_owned(),
            path: "/jwks".to_owned(),
            status: 200,
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: body.as_bytes().to_vec(),
        });
        let error = fixture
            .verify(&Signer::instance())
            .await
            .expect_err("the response has no usable keys");
        assert!(
            error.kind() == TokenErrorKind::KeysUnavailable,
            "{body}: {error}"
        );
        let source = std::error::Error::source(&error)
            .expect("the error has a source")
            .to_string();
        assert!(source.contains(cause), "{body}: {source}");
    }
}

#[tokio::test]
async fn loading_reports_a_wrong_secret_key() {
    let clerk = Emulator::start().await.expect("a free port");
    let jwks = RemoteJwks::new(ClientConfig::new("sk_test_wrong").base_url(clerk.url()));
    let error = jwks.prefetch().await.expect_err("the key is wrong");
    assert_eq!(error.code(), "secret-key-invalid");
    assert!(!format!("{error:?} {jwks:?}").contains("sk_test_wrong"));
}

#[tokio::test]
async fn loading_times_out() {
    let clerk = Emulator::start().await.expect("a free port");
    clerk.hang("GET", "/jwks");
    let config = ClientConfig::new(clerk.key()).base_url(clerk.url());
    let jwks = RemoteJwks::new(config.timeout(std::time::Duration::from_millis(50)));
    let error = jwks.prefetch().await.expect_err("there is no response");
    assert_eq!(error.code(), "jwk-remote-failed-to-load");
}

#[tokio::test]
async fn two_instances_do_not_share_keys() {
    let (one, two) = (Fixture::new().await, Fixture::new().await);
    let other = Signer::generate("ins_theirs", "ES256");
    two.clerk.set_jwks(&jwks(&[&other]));
    one.verify(&Signer::instance())
        .await
        .expect("the key belongs to this instance");
    two.verify(&other)
        .await
        .expect("the key belongs to this instance");
    assert!(matches!(
        one.verify(&other).await.map_err(|error| error.kind()),
        Err(TokenErrorKind::UnknownKey)
    ));
    assert!(matches!(
        two.verify(&Signer::instance())
            .await
            .map_err(|error| error.kind()),
        Err(TokenErrorKind::UnknownKey)
    ));
    // Not even if the keys of both have the same id.
    let same = Signer::generate(Signer::instance().id(), "ES256");
    two.clerk.set_jwks(&jwks(&[&same]));
    two.jwks.prefetch().await.expect("the emulator responds");
    two.verify(&same)
        .await
        .expect("the key belongs to this instance");
    assert!(one.verify(&same).await.is_err());
    assert!(two.verify(&Signer::instance()).await.is_err());
}

#[tokio::test]
async fn a_withdrawn_key_is_rejected_after_a_refresh() {
    let fixture = Fixture::new().await;
    let old = Signer::instance();
    fixture.verify(&old).await.expect("the token is valid");
    let new = Signer::generate("ins_new", "ES256");
    fixture.clerk.set_jwks(&jwks(&[&new]));
    fixture.clock.advance(10 * 60);
    assert!(matches!(
        fixture.verify(&old).await.map_err(|error| error.kind()),
        Err(TokenErrorKind::UnknownKey)
    ));
    fixture.verify(&new).await.expect("the token is valid");
}

#[tokio::test]
async fn setting_the_clock_back_does_not_extend_the_use_of_keys() {
    let fixture = Fixture::new().await;
    let signer = Signer::instance();
    fixture.verify(&signer).await.expect("the token is valid");
    fixture.clock.set_millis((super::NOW - 24 * 60 * 60) * 1000);
    fixture.verify(&signer).await.expect("the token is valid");
    assert_eq!(fixture.fetches(), 2);
}
