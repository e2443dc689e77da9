//! What becomes of requests while Clerk does not give its keys: it hangs, breaks, or answers too much.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use clerk_sdk::jwt::{Jwks, TokenError, Verifier};
use clerk_sdk::{Backend, BackendFuture, ClientConfig};
use clerk_sdk_tests::Signer;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{Clock, claims_with};

/// What Clerk does when it is asked for its keys.
#[derive(Clone)]
enum Behaviour {
    Answers(Value),
    Hangs,
    Panics,
}

#[derive(Clone)]
struct Clerk {
    behaviour: Arc<Mutex<Behaviour>>,
    fetches: Arc<Mutex<usize>>,
}

impl Backend for Clerk {
    fn send(&self, _: http::Request<Bytes>) -> BackendFuture<'_> {
        *self.fetches.lock().expect("nobody panics with it") += 1;
        let behaviour = self
            .behaviour
            .lock()
            .expect("nobody panics with it")
            .clone();
        Box::pin(async move {
            match behaviour {
                Behaviour::Answers(jwks) => Ok(http::Response::new(jwks.to_string().into())),
                Behaviour::Hangs => std::future::pending().await,
                Behaviour::Panics => panic!("as a backend may"),
            }
        })
    }
}

struct Setting {
    clerk: Clerk,
    clock: Clock,
    verifier: Verifier,
}

impl Setting {
    fn new(behaviour: Behaviour) -> Self {
        let clerk = Clerk {
            behaviour: Arc::new(Mutex::new(behaviour)),
            fetches: Arc::default(),
        };
        let clock = Clock::new();
        let jwks = Jwks::new(ClientConfig::new("sk_test_outage").backend(clerk.clone()));
        Self {
            clerk,
            verifier: Verifier::new(jwks).clock(clock.read()),
            clock,
        }
    }

    /// One whose keys were fetched.
    async fn loaded() -> Self {
        let setting = Self::new(Behaviour::Answers(jwks()));
        setting.verifier.load().await.expect("it answers");
        setting
    }

    fn becomes(&self, behaviour: Behaviour) {
        *self.clerk.behaviour.lock().expect("nobody panics with it") = behaviour;
    }

    fn fetches(&self) -> usize {
        *self.clerk.fetches.lock().expect("nobody panics with it")
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

    fn verify_now(&self) -> Result<(), TokenError> {
        let token = self.token(&Signer::instance());
        self.verifier.verify_now(&token).map(|_| ())
    }
}

fn jwks() -> Value {
    json!({"keys": [Signer::instance().jwk()]})
}

/// Lets the tasks run that can.
async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_clerk_that_hangs_delays_one_fetch_and_no_more() {
    let setting = Setting::loaded().await;
    setting.becomes(Behaviour::Hangs);
    setting.clock.advance(11 * 60);
    let start = Instant::now();
    setting.verify().await.expect("the keys at hand are used");
    assert!(
        start.elapsed() >= Duration::from_secs(10),
        "it has waited for newer ones"
    );
    for _ in 0..40 {
        let start = Instant::now();
        setting.verify().await.expect("the keys at hand are used");
        assert_eq!(start.elapsed(), Duration::ZERO, "nobody waits again");
        setting.clock.advance(60);
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
    assert!(setting.fetches() > 20, "it is asked on, in the background");
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_long_for_keys_that_never_came() {
    let setting = Setting::new(Behaviour::Hangs);
    let start = Instant::now();
    let requests = futures_util::future::join_all((0..100).map(|_| setting.verify())).await;
    for outcome in requests {
        let error = outcome.expect_err("there are none");
        assert!(matches!(error, TokenError::KeysUnavailable(_)), "{error}");
    }
    assert_eq!((start.elapsed().as_secs(), setting.fetches()), (10, 1));
    // The pause begins when a fetch has failed, however long that took.
    setting.clock.advance(10);
    let start = Instant::now();
    setting.verify().await.expect_err("it is not asked at once");
    assert_eq!((start.elapsed(), setting.fetches()), (Duration::ZERO, 1));
}

#[tokio::test(start_paused = true)]
async fn a_key_that_may_be_new_is_not_judged_while_clerk_is_away() {
    let setting = Setting::loaded().await;
    let new = Signer::generate("ins_new", "ES256");
    let token = setting.token(&new);
    setting.becomes(Behaviour::Answers(json!("no keys")));
    for _ in 0..3 {
        let error = setting
            .verifier
            .verify(&token)
            .await
            .expect_err("not known");
        assert!(matches!(error, TokenError::KeysUnavailable(_)), "{error}");
    }
    setting.becomes(Behaviour::Answers(json!({"keys": [new.jwk()]})));
    setting.clock.advance(2);
    setting
        .verifier
        .verify(&token)
        .await
        .expect("now it is known");
}

#[tokio::test(start_paused = true)]
async fn who_cannot_wait_uses_keys_that_are_due_and_has_them_renewed() {
    let setting = Setting::loaded().await;
    for minutes in [4, 1, 4, 20] {
        setting.clock.advance(minutes * 60);
        setting.verify_now().expect("the keys at hand are used");
        settle().await;
    }
    assert_eq!(setting.fetches(), 1 + 2, "after 5 minutes, and after 29");
    setting.becomes(Behaviour::Hangs);
    setting.clock.advance(59 * 60);
    setting.verify_now().expect("they are kept for an hour");
    setting.clock.advance(60);
    let error = setting.verify_now().expect_err("an hour is over");
    assert!(matches!(error, TokenError::UnknownKey), "{error}");
}

#[test]
fn outside_a_runtime_keys_are_used_for_as_long_as_they_are_kept() {
    let runtime = runtime();
    let setting = runtime.block_on(Setting::loaded());
    drop(runtime);
    setting.clock.advance(59 * 60);
    setting.verify_now().expect("they are kept for an hour");
    assert_eq!(setting.fetches(), 1);
}

fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let builder = builder.enable_time().start_paused(true);
    builder.build().expect("a runtime")
}

#[test]
fn a_fetch_that_nobody_runs_any_more_keeps_no_one_waiting() {
    let (idle, busy) = (runtime(), runtime());
    let setting = Setting::new(Behaviour::Hangs);
    // Begun on a runtime that then stands still.
    idle.block_on(async {
        let mut given_up = std::pin::pin!(setting.verify());
        let once = std::future::poll_fn(|context| {
            std::task::Poll::Ready(given_up.as_mut().poll(context).is_pending())
        });
        assert!(once.await, "it waits for the keys");
    });
    setting.becomes(Behaviour::Answers(jwks()));
    busy.block_on(async {
        let start = Instant::now();
        let error = setting.verify().await.expect_err("nothing comes of it");
        assert!(matches!(error, TokenError::KeysUnavailable(_)), "{error}");
        assert_eq!(start.elapsed().as_secs(), 11);
        setting.clock.advance(13);
        setting.verify().await.expect("another fetch brings them");
    });
    drop(idle);
    busy.block_on(setting.verify())
        .expect("the end of the first changes nothing");
}

#[test]
fn a_runtime_that_has_ended_fetches_nothing_and_blocks_nobody() {
    let (ended, next) = (runtime(), runtime());
    let setting = next.block_on(Setting::loaded());
    setting.clock.advance(6 * 60);
    let handle = ended.handle().clone();
    drop(ended);
    let entered = handle.enter();
    setting.verify_now().expect("the keys at hand are used");
    drop(entered);
    assert_eq!(setting.fetches(), 1);
    setting.clock.advance(5 * 60);
    next.block_on(setting.verify())
        .expect("another fetches them");
    assert_eq!(setting.fetches(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_fetch_that_panics_is_one_that_failed() {
    let setting = Setting::new(Behaviour::Panics);
    for _ in 0..3 {
        let error = setting.verify().await.expect_err("there are no keys");
        let source = std::error::Error::source(&error).expect("it says why");
        assert_eq!(source.to_string(), "fetching them was broken off");
    }
    assert_eq!(setting.fetches(), 1);
    setting.becomes(Behaviour::Answers(jwks()));
    setting.clock.advance(1);
    setting.verify().await.expect("it is back");
}

#[tokio::test(start_paused = true)]
async fn keys_of_unknown_types_are_left_out() {
    let odd = json!({"kty": "new", "kid": "ins_odd", "x": "AQAB"});
    let mixed = json!({"keys": [odd, Signer::instance().jwk(), {"kid": null}]});
    let setting = Setting::new(Behaviour::Answers(mixed));
    setting.verify().await.expect("one can be used");
}
