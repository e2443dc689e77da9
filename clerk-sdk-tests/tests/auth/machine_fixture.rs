//! An emulator, a clock and a verifier of machine tokens that uses both.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use clerk_sdk::auth::MachineVerifier;
use clerk_sdk::jwt::{Verifier, VerifyingKey};
use clerk_sdk::{ClientConfig, RetryPolicy};
use clerk_sdk_tests::{Emulator, Signer};
use serde_json::{Value, json};

use super::fixture::{NOW, stubbed_response, with_members};

pub(crate) const API_KEYS: &str = "/api_keys/verify";
pub(crate) const M2M: &str = "/m2m_tokens/verify";
pub(crate) const OAUTH: &str = "/oauth_applications/access_tokens/verify";

pub(crate) struct MachineFixture {
    pub(crate) clerk: Emulator,
    pub(crate) now: Arc<AtomicU64>,
    pub(crate) machines: MachineVerifier,
}

impl MachineFixture {
    pub(crate) async fn new() -> Self {
        Self::with_retry(RetryPolicy::none()).await
    }

    pub(crate) async fn with_retry(retry: RetryPolicy) -> Self {
        let clerk = Emulator::start().await.expect("a free port");
        let now = Arc::new(AtomicU64::new(NOW));
        let clock = now.clone();
        let key = VerifyingKey::from_jwk(&Signer::instance().jwk()).expect("a key");
        let verifier = Verifier::new(key)
            .clock(move || UNIX_EPOCH + Duration::from_secs(clock.load(Ordering::SeqCst)));
        let config = ClientConfig::new(clerk.key())
            .base_url(clerk.url())
            .retry(retry);
        let machines = MachineVerifier::new(config).verifier(verifier);
        Self {
            clerk,
            now,
            machines,
        }
    }

    /// Sets the response to the next request.
    pub(crate) fn respond(&self, path: &str, status: u16, body: &Value) {
        self.clerk
            .stub(stubbed_response("POST", path, status, body));
    }

    /// Empties the caches of verified and of rejected tokens.
    pub(crate) fn forget_tokens(&mut self) {
        self.machines = self.machines.clone().cache(0, Duration::ZERO);
    }

    pub(crate) fn advance_clock(&self, seconds: u64) {
        self.now.fetch_add(seconds, Ordering::SeqCst);
    }

    pub(crate) fn request_count(&self) -> usize {
        self.clerk.requests().len()
    }

    /// Verifies a token, and returns its kind, subject and scopes, or the reason and the error.
    pub(crate) async fn verify(&self, token: &str) -> String {
        match self.machines.verify(token).await {
            Ok(machine) => format!(
                "{:?} {} {}",
                machine.token_type(),
                machine.subject(),
                machine.scopes().join(",")
            ),
            Err(error) => format!("{}: {error}", error.code()),
        }
    }
}

/// Returns a response body that is valid for each kind of opaque token.
pub(crate) fn valid_token() -> Value {
    json!({
        "object": "clerk_idp_oauth_access_token", "id": "id_1", "subject": "user_1",
        "scopes": ["a", "b"], "name": "CI", "client_id": "client_1", "revoked": false,
        "expired": false, "expiration": null, "claims": {"tier": "gold"},
    })
}

/// Returns [`valid_token`] with some members set to others.
pub(crate) fn token_with(members: Value) -> Value {
    with_members(valid_token(), members)
}
