//! Tests of verification while the keys cannot be fetched: the backend hangs, panics, or returns
//! something else.

use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use clerk_sdk::jwt::{RemoteJwks, TokenError, TokenErrorKind, Verifier};
use clerk_sdk::{Backend, BackendFuture, ClientConfig};
use clerk_sdk_tests::Signer;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{Clock, claims_with};

/// The backend's behaviour when the keys are requested.
#[derive(Clone)]
enum Behaviour {
    Responds(Value),
    Hangs,
    Panics,
}

#[derive(Clone)]
struct MockClerk {
    behaviour: Arc<Mutex<Behaviour>>,
    fetches: Arc<Mutex<usize>>,
}

impl Backend for MockClerk {
    fn send(&self, _: http::Request<Bytes>) -> BackendFuture<'_> {
        *self.fetches.lock().expect("no thread panics with the lock") += 1;
        let behaviour = self
            .behaviour
            .lock()
            .expect("no thread panics with the lock")
            .clone();
        Box::pin(async move {
            match behaviour {
                Behaviour::Responds(jwks) => Ok(http::Response::new(jwks.to_string().into())),
                Behaviour::Hangs => std::future::pending().await,
                Behaviour::Panics => panic!("a backend may panic"),
            }
        })
    }
}

struct Fixture {
    clerk: MockClerk,
    clock: Clock,
    verifier: Verifier,
}

impl Fixture {
    fn new(behaviour: Behaviour) -> Self {
        let clerk = MockClerk {
            behaviour: Arc::new(Mutex::new(behaviour)),
            fetches: Arc::default(),
        };
        let clock = Clock::new();
        let jwks = RemoteJwks::new(ClientConfig::new("sk_test_outage").backend(clerk.clone()));
        Self {
            clerk,
            verifier: Verifier::new(jwks).clock(clock.read()),
            clock,
        }
    }

    /// Creates a fixture whose keys have been fetched.
    async fn loaded() -> Self {
        let fixture = Self::new(Behaviour::Responds(jwks()));
        fixture
            .verifier
            .prefetch()
            .await
            .expect("the keys are returned");
        fixture
    }

    fn set_behaviour(&self, behaviour: Behaviour) {
        *self
            .clerk
            .behaviour
            .lock()
            .expect("no thread panics with the lock") = behaviour;
    }

    fn fetches(&self) -> usize {
        *self
            .clerk
            .fetches
            .lock()
            .expect("no thread panics with the lock")
    }

    fn token(&self, signer: &Signer) -> String {
        let now = self.clock.seconds();
        signer.sign(&claims_with(
            json!({"exp": now + 50, "iat": now, "nbf": now}),
        ))
    }

    async fn verify(&self) -> Result<(), TokenError> {
        let token = self.token(&Signer::instance());
        self.verifier.verify(&token).await.map(|_| ())
    }

    fn verify_cached(&self) -> Result<(), TokenError> {
        let token = self.token(&Signer::instance());
        self.verifier.verify_cached(&token).map(|_| ())
    }
}

fn jwks() -> Value {
    json!({"keys": [Signer::instance().jwk()]})
}

/// Lets the background tasks make progress.
async fn run_tasks() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn only_the_first_request_waits_while_clerk_hangs() {
    let fixture = Fixture::loaded().await;
    fixture.set_behaviour(Behaviour::Hangs);
    fixture.clock.advance(11 * 60);
    let start = Instant::now();
    fixture.verify().await.expect("the cached keys are used");
    assert!(
        start.elapsed() >= Duration::from_secs(10),
        "the first request waits for the refresh"
    );
    for _ in 0..40 {
        let start = Instant::now();
        fixture.verify().await.expect("the cached keys are used");
        assert_eq!(start.elapsed(), Duration::ZERO, "no other request waits");
        fixture.clock.advance(60);
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
    assert!(
        fixture.fetches() > 20,
        "refreshes continue in the background"
    );
}

#[tokio::test(start_paused = true)]
async fn waiting_for_the_first_keys_is_limited() {
    let fixture = Fixture::new(Behaviour::Hangs);
    let start = Instant::now();
    let requests = futures_util::future::join_all((0..100).map(|_| fixture.verify())).await;
    for outcome in requests {
        let error = outcome.expect_err("there are no keys");
        assert!(error.kind() == TokenErrorKind::KeysUnavailable, "{error}");
    }
    assert_eq!((start.elapsed().as_secs(), fixture.fetches()), (10, 1));
    // The backoff begins when the fetch fails, however long it took.
    fixture.clock.advance(10);
    let start = Instant::now();
    fixture.verify().await.expect_err("the backoff is not over");
    assert_eq!((start.elapsed(), fixture.fetches()), (Duration::ZERO, 1));
}

#[tokio::test(start_paused = true)]
async fn an_unknown_key_id_is_not_final_while_clerk_is_unavailable() {
    let fixture = Fixture::loaded().await;
    let new = Signer::generate("ins_new", "ES256");
    let token = fixture.token(&new);
    fixture.set_behaviour(Behaviour::Responds(json!("no keys")));
    for _ in 0..3 {
        let error = fixture
            .verifier
            .verify(&token)
            .await
            .expect_err("the key is not cached");
        assert!(error.kind() == TokenErrorKind::KeysUnavailable, "{error}");
    }
    fixture.set_behaviour(Behaviour::Responds(json!({"keys": [new.jwk()]})));
    fixture.clock.advance(2);
    fixture
        .verifier
        .verify(&token)
        .await
        .expect("the key has been fetched");
}

#[tokio::test(start_paused = true)]
async fn verify_now_uses_cached_keys_and_refreshes_them_in_the_background() {
    let fixture = Fixture::loaded().await;
    for minutes in [4, 1, 4, 20] {
        fixture.clock.advance(minutes * 60);
        fixture.verify_cached().expect("the cached keys are used");
        run_tasks().await;
    }
    assert_eq!(fixture.fetches(), 1 + 2, "after 5 minutes, and after 29");
    fixture.set_behaviour(Behaviour::Hangs);
    fixture.clock.advance(59 * 60);
    fixture.verify_cached().expect("keys are kept for an hour");
    fixture.clock.advance(60);
    let error = fixture
        .verify_cached()
        .expect_err("the cached keys have expired");
    assert!(error.kind() == TokenErrorKind::UnknownKey, "{error}");
}

#[test]
fn outside_a_runtime_cached_keys_are_used_until_keep_for_ends() {
    let runtime = runtime();
    let fixture = runtime.block_on(Fixture::loaded());
    drop(runtime);
    fixture.clock.advance(59 * 60);
    fixture.verify_cached().expect("keys are kept for an hour");
    assert_eq!(fixture.fetches(), 1);
}

fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let builder = builder.enable_time().start_paused(true);
    builder.build().expect("a runtime")
}

#[test]
fn a_fetch_on_a_stalled_runtime_counts_as_failed() {
    let (idle, busy) = (runtime(), runtime());
    let fixture = Fixture::new(Behaviour::Hangs);
    // The fetch starts on a runtime that is no longer polled afterwards.
    idle.block_on(async {
        let mut cancelled = std::pin::pin!(fixture.verify());
        let once = std::future::poll_fn(|context| {
            std::task::Poll::Ready(cancelled.as_mut().poll(context).is_pending())
        });
        assert!(once.await, "the call is waiting for the keys");
    });
    fixture.set_behaviour(Behaviour::Responds(jwks()));
    busy.block_on(async {
        let start = Instant::now();
        let error = fixture
            .verify()
            .await
            .expect_err("the fetch does not finish");
        assert!(error.kind() == TokenErrorKind::KeysUnavailable, "{error}");
        assert_eq!(start.elapsed().as_secs(), 11);
        fixture.clock.advance(13);
        fixture.verify().await.expect("another fetch succeeds");
    });
    drop(idle);
    busy.block_on(fixture.verify())
        .expect("the end of the first fetch changes nothing");
}

#[test]
fn a_fetch_on_a_runtime_that_has_shut_down_does_not_deadlock() {
    let (shut_down, next) = (runtime(), runtime());
    let fixture = next.block_on(Fixture::loaded());
    fixture.clock.advance(6 * 60);
    let handle = shut_down.handle().clone();
    drop(shut_down);
    let entered = handle.enter();
    fixture.verify_cached().expect("the cached keys are used");
    drop(entered);
    assert_eq!(fixture.fetches(), 1);
    fixture.clock.advance(5 * 60);
    next.block_on(fixture.verify())
        .expect("the next runtime fetches the keys");
    assert_eq!(fixture.fetches(), 2);
}

/// Polls a future once.
fn poll_once<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn requests_start_another_fetch_if_the_runtime_of_theirs_ends() {
    let (ending, next) = (runtime(), runtime());
    let fixture = Fixture::new(Behaviour::Hangs);
    let token = fixture.token(&Signer::instance());
    let mut first = Box::pin(fixture.verify());
    ending.block_on(async {
        assert!(poll_once(first.as_mut()).is_pending());
        run_tasks().await;
    });
    fixture.set_behaviour(Behaviour::Responds(jwks()));
    next.block_on(async {
        let start = Instant::now();
        let joined = (0..10).map(|_| fixture.verifier.verify(&token));
        let mut joined: Vec<_> = joined.map(Box::pin).collect();
        for request in &mut joined {
            assert!(poll_once(request.as_mut()).is_pending());
        }
        assert_eq!(fixture.fetches(), 1);
        ending.shutdown_background();
        for request in joined {
            request.await.expect("another fetch succeeds");
        }
        fixture
            .verifier
            .prefetch()
            .await
            .expect("the keys are returned");
        assert_eq!((start.elapsed(), fixture.fetches()), (Duration::ZERO, 3));
    });
}

#[test]
fn a_runtime_that_has_shut_down_fetches_nothing_and_waits_for_nothing() {
    let shut_down = runtime();
    let fixture = Fixture::new(Behaviour::Responds(jwks()));
    let handle = shut_down.handle().clone();
    drop(shut_down);
    let _entered = handle.enter();
    let requests = [
        poll_once(std::pin::pin!(fixture.verify())),
        poll_once(std::pin::pin!(fixture.verifier.prefetch())),
    ];
    for request in requests {
        let Poll::Ready(Err(error)) = request else {
            panic!("the request fails at once: {request:?}");
        };
        assert!(error.kind() == TokenErrorKind::KeysUnavailable, "{error}");
    }
    assert_eq!(fixture.fetches(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_set_back_does_not_extend_the_backoff() {
    for set_back in [
        Duration::ZERO,
        Duration::from_secs(50),
        Duration::from_secs(3600),
    ] {
        let fixture = Fixture::new(Behaviour::Responds(json!({})));
        fixture.verify().await.expect_err("there are no keys");
        let millis = fixture.clock.seconds() * 1000 - set_back.as_millis() as u64;
        fixture.clock.set_millis(millis);
        fixture.set_behaviour(Behaviour::Responds(jwks()));
        if set_back < Duration::from_secs(60) {
            fixture.verify().await.expect_err("the backoff is not over");
            assert_eq!(fixture.fetches(), 1);
        }
        tokio::time::advance(Duration::from_secs(1)).await;
        fixture.verify().await.expect("the fetch succeeds");
        assert_eq!(fixture.fetches(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_fetch_that_panics_counts_as_failed() {
    let fixture = Fixture::new(Behaviour::Panics);
    for _ in 0..3 {
        let error = fixture.verify().await.expect_err("there are no keys");
        let source = std::error::Error::source(&error).expect("the error has a source");
        assert_eq!(
            source.to_string(),
            "the fetch was cancelled before it finished"
        );
    }
    assert_eq!(fixture.fetches(), 1);
    fixture.set_behaviour(Behaviour::Responds(jwks()));
    fixture.clock.advance(1);
    fixture.verify().await.expect("the fetch succeeds");
}

#[tokio::test(start_paused = true)]
async fn keys_of_unknown_types_are_skipped() {
    let unknown = json!({"kty": "new", "kid": "ins_unknown", "x": "AQAB"});
    let mixed = json!({"keys": [unknown, Signer::instance().jwk(), {"kid": null}]});
    let fixture = Fixture::new(Behaviour::Responds(mixed));
    fixture.verify().await.expect("one of the keys can be used");
}
