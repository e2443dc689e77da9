//! Tests of `clerk_sdk::jwt`. Keys and tokens are created at run time, and the clock is fixed unless a test advances
//! it.

mod authorized_parties;
mod claims_json;
mod has;
mod jwks_cache;
mod jwks_outages;
mod public_keys;
mod rejected_tokens;
mod rfc_vectors;
mod session_claims;
mod tampering;
mod template_tokens;
mod token_rules;
mod unknown_keys;
mod validity_period;
mod verified_token_cache;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clerk_sdk::jwt::{SessionAuth, TokenError, Verifier, VerifyingKey};
use clerk_sdk_tests::Signer;
use serde_json::{Value, json};

/// The time at which these tests take place, in seconds since the Unix epoch.
const NOW: u64 = 1_800_000_000;

/// A clock that advances only when a test sets it.
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

/// Returns the claims of a session token of the emulator's instance.
fn claims() -> Value {
    json!({
        "sub": "user_1", "sid": "sess_1", "iss": "https://clerk.example.com", "v": 2,
        "azp": "https://app.example.com", "iat": NOW - 10, "nbf": NOW - 20, "exp": NOW + 50,
        "jti": "token_1", "sts": "active",
    })
}

/// Replaces some of [`claims`]; `null` removes a claim.
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

fn key() -> VerifyingKey {
    VerifyingKey::from_jwk(&Signer::instance().jwk()).expect("the emulator's key is valid")
}

fn verifier() -> Verifier {
    Verifier::new(key()).clock(Clock::new().read())
}

fn token() -> String {
    Signer::instance().sign(&claims())
}

/// Verifies a token with these claims.
fn verify(claims: &Value) -> Result<SessionAuth, TokenError> {
    verifier().verify_cached(&Signer::instance().sign(claims))
}

/// Returns the reason identifier and the message of the error that a token is rejected with.
fn rejection(outcome: Result<SessionAuth, TokenError>) -> String {
    let error = outcome.expect_err("the token is rejected");
    format!("{}: {error}", error.code())
}
