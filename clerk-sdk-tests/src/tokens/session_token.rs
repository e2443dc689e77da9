//! Session tokens of the emulated instance.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::tokens::signer::Signer;

const LIFETIME_SECONDS: u64 = 60;

/// Signs a session token for a user. If `claims` is an object, its members are added to the default claims or replace
/// them.
pub(crate) fn sign(user_id: &str, claims: &Value) -> String {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = since_epoch.unwrap_or_default().as_secs();
    let mut all_claims = json!({
        "sub": user_id, "sid": "sess_2emulate", "iss": "https://clerk.emulator.test",
        "azp": "http://localhost:3000", "iat": now, "nbf": now, "exp": now + LIFETIME_SECONDS,
        "sts": "active", "v": 2,
    });
    for (name, value) in claims.as_object().into_iter().flatten() {
        all_claims[name] = value.clone();
    }
    Signer::instance().sign(&all_claims)
}
