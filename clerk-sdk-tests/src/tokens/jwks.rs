//! The JSON Web Key Set of the emulated instance.

use serde_json::{Value, json};

use crate::tokens::signer::Signer;

/// Returns the key set that verifies the tokens of [`Signer::instance`].
pub(crate) fn instance_jwks() -> Value {
    json!({ "keys": [Signer::instance().jwk()] })
}
