//! Tokens that name a key which is not cached: new keys are fetched, and invented ids cause few fetches.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use clerk_sdk::jwt::{JwkSet, RemoteJwks, TokenError, TokenErrorKind, Verifier};
use clerk_sdk::{Backend, BackendFuture, ClientConfig};
use clerk_sdk_tests::Signer;
use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::claims;

/// Clerk's API, which responds with keys after 100 ms.
#[derive(Clone)]
struct MockClerk {
    keys: Arc<Mutex<Value>>,
    fetches: Arc<AtomicUsize>,
}

impl MockClerk {
    fn set_keys(&self, signers: &[&Signer]) {
        let keys: Vec<_> = signers.iter().map(|it| it.jwk()).collect();
        *self.keys.lock().expect("no panic with the lock") = json!({"keys": keys});
    }
}

impl Backend for MockClerk {
    fn send(&self, _: http::Request<Bytes>) -> BackendFuture<'_> {
        self.fetches.fetch_add(1, Ordering::SeqCst);
        Box::pin(async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let keys = self.keys.lock().expect("no panic with the lock").clone();
            Ok(http::Response::new(keys.to_string().into()))
        })
    }
}

/// Returns a verifier whose clock is that of the runtime.
async fn verifier() -> (MockClerk, Verifier) {
    let clerk = MockClerk {
        keys: Arc::default(),
        fetches: Arc::default(),
    };
    clerk.set_keys(&[&Signer::instance()]);
    let jwks = RemoteJwks::new(ClientConfig::new("sk_test_keys").backend(clerk.clone()));
    let started = Instant::now();
    let verifier = Verifier::new(jwks)
        .clock(move || {
            let now = std::time::UNIX_EPOCH + Duration::from_secs(super::NOW);
            now + started.elapsed()
        })
        .leeway(Duration::from_secs(3600));
    verifier.prefetch().await.expect("the keys are returned");
    (clerk, verifier)
}

/// Returns tokens that name keys which do not exist.
fn forged(count: usize) -> Vec<String> {
    // Signing with RSA takes most of the time of a test.
    let signer = Signer::generate("ins_invented", "ES256");
    let forged = (0..count).map(|number| {
        let mut header = signer.header();
        header["kid"] = json!(format!("ins_invented_{number}"));
        signer.sign_with(&header, &claims())
    });
    forged.collect()
}

async fn outcomes(verifier: &Verifier, tokens: &[String]) -> Vec<TokenErrorKind> {
    let results = join_all(tokens.iter().map(|it| verifier.verify(it))).await;
    let errors = results.into_iter().map(|it| it.expect_err("it is forged"));
    errors.map(|error| error.kind()).collect()
}

#[tokio::test(start_paused = true)]
async fn invented_key_ids_cause_a_burst_of_fetches_and_then_one_in_five_seconds() {
    let (clerk, verifier) = verifier().await;
    let since = Instant::now();
    for token in forged(4 + 10) {
        let kinds = outcomes(&verifier, &[token]).await;
        assert_eq!(kinds, [TokenErrorKind::UnknownKey]);
    }
    assert_eq!(clerk.fetches.load(Ordering::SeqCst), 1 + 4 + 10);
    assert!((45..=51).contains(&since.elapsed().as_secs()));
    let genuine = Signer::instance().sign(&claims());
    let result = verifier.verify(&genuine).await;
    result.expect("genuine tokens are accepted without waiting");
}

#[tokio::test(start_paused = true)]
async fn tokens_of_a_new_key_are_accepted_during_a_flood_of_invented_ids() {
    let (clerk, verifier) = verifier().await;
    let new = Signer::generate("ins_new", "ES256");
    for token in forged(4) {
        outcomes(&verifier, &[token]).await;
    }
    clerk.set_keys(&[&Signer::instance(), &new]);
    let (flood, genuine) = (forged(900), new.sign(&claims()));
    let since = Instant::now();
    let (flood, genuine) = tokio::join!(outcomes(&verifier, &flood), verifier.verify(&genuine));
    genuine.expect("the new key was fetched");
    assert!(since.elapsed() <= Duration::from_millis(5_100));
    assert!(flood.iter().all(|it| *it == TokenErrorKind::UnknownKey));
    assert_eq!(clerk.fetches.load(Ordering::SeqCst), 1 + 4 + 1);

    // A limited number of requests waits. Whether the keys of the others exist is not known.
    let kinds = outcomes(&verifier, &forged(3000)).await;
    let count = |kind| kinds.iter().filter(|it| **it == kind).count();
    assert_eq!(count(TokenErrorKind::UnknownKey), 1000);
    assert_eq!(count(TokenErrorKind::KeysUnavailable), 2000);
}

#[tokio::test(start_paused = true)]
async fn error_names_the_known_keys() {
    let (clerk, verifier) = verifier().await;
    let (own, new) = (Signer::instance(), Signer::generate("ins_new", "ES256"));
    clerk.set_keys(&[&own, &new]);
    let jwks = json!({"keys": [own.jwk(), new.jwk()]});
    let set = Verifier::new(JwkSet::from_jwks(&jwks).expect("two keys"));
    let token = forged(1).remove(0);
    let check = |error: TokenError| {
        let expected = [own.id().to_owned(), "ins_new".to_owned()];
        assert_eq!(error.known_key_ids(), Some(&expected[..]));
        let message = format!("the known ids are {}, ins_new", own.id());
        assert!(error.to_string().ends_with(&message), "{error}");
        assert!(!error.to_string().contains("invented"), "{error}");
    };
    check(set.verify(&token).await.expect_err("an unknown key"));
    check(verifier.verify(&token).await.expect_err("an unknown key"));
    check(verifier.verify_cached(&token).expect_err("an unknown key"));
}
