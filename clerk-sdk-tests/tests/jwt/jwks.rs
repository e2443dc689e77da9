//! Clerk's keys over HTTP, from the emulator: how often they are fetched, and when they are used.

use std::sync::Arc;

use clerk_sdk::ClientConfig;
use clerk_sdk::jwt::{Jwks, TokenError, Verifier};
use clerk_sdk_tests::{Emulator, Signer, StubbedResponse};
use serde_json::{Value, json};

use super::{Clock, claims_with};

struct Setting {
    clerk: Emulator,
    clock: Clock,
    jwks: Jwks,
    verifier: Verifier,
}

impl Setting {
    async fn new() -> Self {
        let clerk = Emulator::start().await.expect("a free port");
        let clock = Clock::new();
        let jwks = Jwks::new(ClientConfig::new(clerk.key()).base_url(clerk.url()));
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

    /// A token that is valid now.
    fn token(&self, signer: &Signer) -> String {
        let now = self.clock.seconds();
        signer.sign(&claims_with(
            json!({"exp": now + 50, "iat": now, "nbf": now}),
        ))
    }

    async fn verify(&self, signer: &Signer) -> Result<(), TokenError> {
        self.verifier.verify(&self.token(signer)).await.map(|_| ())
    }

    /// Verifies until what goes on in the background shows, a bounded number of times.
    async fn until_fetched(&self, signer: &Signer, fetches: usize) {
        for _ in 0..1_000 {
            if self.fetches() >= fetches {
                return;
            }
            self.verify(signer).await.expect("it is valid");
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
    let setting = Arc::new(Setting::new().await);
    let token = setting.token(&Signer::instance());
    let mut requests = tokio::task::JoinSet::new();
    for _ in 0..1_000 {
        let (setting, token) = (setting.clone(), token.clone());
        requests.spawn(async move { setting.verifier.verify(&token).await.map(|_| ()) });
    }
    while let Some(outcome) = requests.join_next().await {
        outcome.expect("no task panics").expect("it is valid");
    }
    assert_eq!(setting.fetches(), 1);
}

#[tokio::test]
async fn a_request_that_is_given_up_does_not_take_the_fetch_along() {
    let setting = Setting::new().await;
    let token = setting.token(&Signer::instance());
    {
        let mut given_up = std::pin::pin!(setting.verifier.verify(&token));
        let once = std::future::poll_fn(|context| {
            std::task::Poll::Ready(given_up.as_mut().poll(context).is_pending())
        });
        assert!(once.await, "it waits for the keys");
    }
    setting
        .verify(&Signer::instance())
        .await
        .expect("it is valid");
    assert_eq!(setting.fetches(), 1);
}

#[tokio::test]
async fn keys_are_fetched_again_before_anybody_has_to_wait() {
    let setting = Setting::new().await;
    let signer = Signer::instance();
    setting.verify(&signer).await.expect("it is valid");
    setting.clock.advance(5 * 60 - 1);
    setting.verify(&signer).await.expect("it is valid");
    assert_eq!(setting.fetches(), 1, "they are fresh");

    // A fetch that never ends keeps nobody waiting.
    setting.clerk.hang("GET", "/jwks");
    setting.clock.advance(1);
    setting.until_fetched(&signer, 2).await;
    for _ in 0..10 {
        setting.verify(&signer).await.expect("it is valid");
    }
    assert_eq!(setting.fetches(), 2, "one at a time");
}

#[tokio::test]
async fn nothing_is_verified_with_keys_that_are_not_there_yet() {
    let setting = Setting::new().await;
    let token = setting.token(&Signer::instance());
    let error = setting
        .verifier
        .verify_now(&token)
        .expect_err("there are none");
    assert!(matches!(error, TokenError::UnknownKey));
    setting.jwks.load().await.expect("the emulator answers");
    assert_eq!(setting.fetches(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_is_known_as_soon_as_it_signs() {
    let setting = Arc::new(Setting::new().await);
    let mut old = Signer::instance();
    setting.verify(&old).await.expect("it is valid");
    for round in 1..=8 {
        let new = Signer::generate(&format!("ins_{round}"), "ES256");
        setting.clerk.set_jwks(jwks(&[&old, &new]));
        setting.clock.advance(20);
        let mut requests = tokio::task::JoinSet::new();
        for number in 0..200 {
            let signer = if number % 2 == 0 { &old } else { &new };
            let (setting, token) = (setting.clone(), setting.token(signer));
            requests.spawn(async move { setting.verifier.verify(&token).await.map(|_| ()) });
        }
        while let Some(outcome) = requests.join_next().await {
            outcome
                .expect("no task panics")
                .expect("both keys are valid");
        }
        old = new;
    }
    assert_eq!(setting.fetches(), 9, "one for each new key");
}

#[tokio::test]
async fn invented_key_ids_do_not_make_calls_to_clerk() {
    let setting = Setting::new().await;
    setting
        .verify(&Signer::instance())
        .await
        .expect("it is valid");
    for number in 0..100 {
        let forged = Signer::with_other_key(&format!("ins_forged_{number}"));
        let error = setting.verify(&forged).await.expect_err("it is forged");
        assert!(matches!(error, TokenError::UnknownKey), "{error}");
    }
    assert_eq!(setting.fetches(), 1 + 4);
    setting.clock.advance(15);
    for number in 0..100 {
        let forged = Signer::with_other_key(&format!("ins_again_{number}"));
        assert!(setting.verify(&forged).await.is_err());
    }
    assert_eq!(setting.fetches(), 1 + 4 + 1);
    setting
        .verify(&Signer::instance())
        .await
        .expect("who is real is not kept out");
}

#[tokio::test]
async fn keys_are_used_while_clerk_is_away_but_not_for_ever() {
    let setting = Setting::new().await;
    let signer = Signer::instance();
    setting.verify(&signer).await.expect("it is valid");
    setting.fail(503, 500);
    for minutes in [9, 20, 45, 59] {
        setting.clock.set_millis((super::NOW + minutes * 60) * 1000);
        setting
            .verify(&signer)
            .await
            .unwrap_or_else(|error| panic!("{minutes}: {error}"));
    }
    setting.clock.set_millis((super::NOW + 60 * 60) * 1000);
    let error = setting.verify(&signer).await.expect_err("an hour is over");
    assert!(matches!(error, TokenError::KeysUnavailable(_)), "{error}");
    assert_eq!(error.reason(), "jwk-remote-failed-to-load");
    let source = std::error::Error::source(&error).expect("it says why");
    assert!(source.to_string().contains("503"), "{source}");
}

#[tokio::test]
async fn keys_are_back_when_clerk_is() {
    let setting = Setting::new().await;
    let signer = Signer::instance();
    setting.fail(500, 1);
    assert!(setting.verify(&signer).await.is_err());
    assert!(
        setting.verify(&signer).await.is_err(),
        "it is not asked again at once"
    );
    assert_eq!(setting.fetches(), 1);
    // A pause of a second began when the fetch had failed.
    setting.clock.advance(2);
    setting.verify(&signer).await.expect("it is back");
    assert_eq!(setting.fetches(), 2);
}

#[tokio::test]
async fn a_failing_clerk_is_asked_less_and_less() {
    let setting = Setting::new().await;
    setting.fail(500, 100);
    for _ in 0..120 {
        assert!(setting.verify(&Signer::instance()).await.is_err());
        setting.clock.advance(1);
    }
    // After pauses of 1, 2, 4, 8 and 16 seconds, and of 30 from then on.
    assert_eq!(setting.fetches(), 8);
}

#[tokio::test]
async fn answers_that_are_no_keys_are_refused_with_the_cause() {
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
        let setting = Setting::new().await;
        setting.clerk.stub(StubbedResponse {
            method: "GET".to_owned(),
            path: "/jwks".to_owned(),
            status: 200,
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: body.as_bytes().to_vec(),
        });
        let error = setting
            .verify(&Signer::instance())
            .await
            .expect_err("these are no keys");
        assert!(
            matches!(error, TokenError::KeysUnavailable(_)),
            "{body}: {error}"
        );
        let source = std::error::Error::source(&error)
            .expect("it says why")
            .to_string();
        assert!(source.contains(cause), "{body}: {source}");
    }
}

#[tokio::test]
async fn a_wrong_secret_key_shows_at_the_start() {
    let clerk = Emulator::start().await.expect("a free port");
    let jwks = Jwks::new(ClientConfig::new("sk_test_wrong").base_url(clerk.url()));
    let error = jwks.load().await.expect_err("the key is wrong");
    assert_eq!(error.reason(), "secret-key-invalid");
    assert!(!format!("{error:?} {jwks:?}").contains("sk_test_wrong"));
}

#[tokio::test]
async fn an_answer_that_never_comes_ends_in_an_error() {
    let clerk = Emulator::start().await.expect("a free port");
    clerk.hang("GET", "/jwks");
    let config = ClientConfig::new(clerk.key()).base_url(clerk.url());
    let jwks = Jwks::new(config.timeout(std::time::Duration::from_millis(50)));
    let error = jwks.load().await.expect_err("nothing comes");
    assert_eq!(error.reason(), "jwk-remote-failed-to-load");
}

#[tokio::test]
async fn a_key_of_one_instance_serves_no_other() {
    let (one, two) = (Setting::new().await, Setting::new().await);
    let theirs = Signer::generate("ins_theirs", "ES256");
    two.clerk.set_jwks(jwks(&[&theirs]));
    one.verify(&Signer::instance()).await.expect("its own");
    two.verify(&theirs).await.expect("its own");
    assert!(matches!(
        one.verify(&theirs).await,
        Err(TokenError::UnknownKey)
    ));
    assert!(matches!(
        two.verify(&Signer::instance()).await,
        Err(TokenError::UnknownKey)
    ));
    // Not even where both go by the same id.
    let same = Signer::generate(Signer::instance().id(), "ES256");
    two.clerk.set_jwks(jwks(&[&same]));
    two.jwks.load().await.expect("the emulator answers");
    two.verify(&same).await.expect("its own");
    assert!(one.verify(&same).await.is_err());
    assert!(two.verify(&Signer::instance()).await.is_err());
}

#[tokio::test]
async fn a_key_that_is_withdrawn_is_forgotten() {
    let setting = Setting::new().await;
    let old = Signer::instance();
    setting.verify(&old).await.expect("it is valid");
    let new = Signer::generate("ins_new", "ES256");
    setting.clerk.set_jwks(jwks(&[&new]));
    setting.clock.advance(10 * 60);
    assert!(matches!(
        setting.verify(&old).await,
        Err(TokenError::UnknownKey)
    ));
    setting.verify(&new).await.expect("it is valid");
}

#[tokio::test]
async fn a_clock_that_is_set_back_does_not_keep_keys_for_ever() {
    let setting = Setting::new().await;
    let signer = Signer::instance();
    setting.verify(&signer).await.expect("it is valid");
    setting.clock.set_millis((super::NOW - 24 * 60 * 60) * 1000);
    setting.verify(&signer).await.expect("it is valid");
    assert_eq!(setting.fetches(), 2);
}
