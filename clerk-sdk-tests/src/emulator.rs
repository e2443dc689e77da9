//! The emulator of the tests: [`clerk_emulator::Emulator`] with a signing key that the tests know.

use std::io;
use std::ops::Deref;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::StubbedResponse;
use crate::tokens::signer::{INSTANCE_KEY, Signer};

/// An emulator whose instance signs tokens with the key of [`Signer::instance`].
pub struct Emulator(clerk_emulator::Emulator);

impl Emulator {
    /// Starts an emulator on a free loopback port.
    ///
    /// # Errors
    ///
    /// Returns an error if no port can be bound or no thread can be spawned.
    pub async fn start() -> io::Result<Self> {
        Self::start_blocking()
    }

    /// Starts an emulator like [`start`](Self::start), without an async runtime.
    ///
    /// # Errors
    ///
    /// Returns an error if no port can be bound or no thread can be spawned.
    pub fn start_blocking() -> io::Result<Self> {
        let emulator = clerk_emulator::Emulator::start_blocking()?;
        let mut snapshot = emulator.snapshot();
        let key = json!({ "id": Signer::instance().id(), "pkcs8": STANDARD.encode(INSTANCE_KEY) });
        set_signing_keys(&mut snapshot, &json!([key]));
        let loaded = emulator.load_snapshot(&snapshot);
        loaded.map_err(io::Error::other)?;
        Ok(Self(emulator))
    }

    /// Replaces the key set that `/jwks` returns, for every secret key.
    pub fn set_jwks(&self, jwks: &Value) {
        self.stub_always(StubbedResponse {
            method: "GET".to_owned(),
            path: "/jwks".to_owned(),
            status: 200,
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: jwks.to_string().into_bytes(),
        });
    }
}

impl Deref for Emulator {
    type Target = clerk_emulator::Emulator;

    fn deref(&self) -> &clerk_emulator::Emulator {
        &self.0
    }
}

/// Replaces the signing keys of every instance in a snapshot.
fn set_signing_keys(snapshot: &mut Value, keys: &Value) {
    match snapshot {
        Value::Object(members) => {
            for (name, member) in members {
                match name.as_str() {
                    "signing_keys" => member.clone_from(keys),
                    _ => set_signing_keys(member, keys),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|it| set_signing_keys(it, keys)),
        _ => {}
    }
}
