//! The promises of `clerk_sdk::jwt`. Keys and tokens are made here; time stands still unless a test moves it.

mod bytes;
mod claims;
mod has;
mod json;
mod jwks;
mod keys;
mod memory;
mod outages;
mod refusals;
mod times;
mod vectors;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clerk_sdk::jwt::{Key, Session, TokenError, Verifier};
use clerk_sdk_tests::Signer;
use serde_json::{Value, json};

/// When these tests take place, in seconds.
const NOW: u64 = 1_800_000_000;

/// A clock that goes when it is told to.
#[derive(Clone)]
struct Clock(Arc<AtomicU64>);

impl Clock {
    fn new() -> Self {
        Self(Arc::new(AtomicU64::new(NOW * 1000)))
    }

    fn advance(&self, seconds: u64) {
        self.0.fetch_add(seconds * 1000, Ordering::SeqCst);
    }

    fn set_millis(&self, millis: u64) {
        self.0.store(millis, Ordering::SeqCst);
    }

    fn seconds(&self) -> u64 {
        self.0.load(Ordering::SeqCst) / 1000
    }

    fn read(&self) -> impl Fn() -> SystemTime + Send + Sync + 'static {
        let clock = self.clone();
        move || UNIX_EPOCH + Duration::from_millis(clock.0.load(Ordering::SeqCst))
    }
}

/// What a session token of the emulator's instance claims.
fn claims() -> Value {
    json!({
        "sub": "user_1", "sid": "sess_1", "iss": "https://clerk.example.com", "v": 2,
        "azp": "https://app.example.com", "iat": NOW - 10, "nbf": NOW - 20, "exp": NOW + 50,
        "jti": "token_1", "sts": "active",
    })
}

/// The claims above with others in their place; null takes one away.
fn claims_with(changes: Value) -> Value {
    let mut claims = claims();
    let all = claims.as_object_mut().expect("claims are an object");
    for (name, value) in changes.as_object().expect("changes are an object") {
        match value {
            Value::Null => all.remove(name),
            _ => all.insert(name.clone(), value.clone()),
        };
    }
    claims
}

fn key() -> Key {
    Key::from_jwk(&Signer::instance().jwk()).expect("the emulator's key is one")
}

fn verifier() -> Verifier {
    Verifier::new(key()).clock(Clock::new().read())
}

fn token() -> String {
    Signer::instance().sign(&claims())
}

/// Verifies a token with these claims.
fn verify(claims: &Value) -> Result<Session, TokenError> {
    verifier().verify_now(&Signer::instance().sign(claims))
}

/// The reason that a token is refused for, and its text.
fn refusal(outcome: Result<Session, TokenError>) -> String {
    let error = outcome.expect_err("it is refused");
    format!("{}: {error}", error.reason())
}
