//! The keys that session tokens are checked with.

use serde_json::{Value, json};

use crate::signer::Signer;

pub(crate) fn get() -> Value {
    json!({ "keys": [Signer::instance().jwk()] })
}
