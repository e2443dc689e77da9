//! Signs webhooks for tests.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use serde::Serialize;
use serde_json::{Value, json};

use super::session::unix_seconds;
use crate::crypto::rand::{SecureRandom, SystemRandom};
use crate::webhook::{SecretError, SignedContent, SigningSecret, Verifier};

/// Signs webhooks as Clerk does, with a secret of its own.
///
/// ```
/// use clerk_sdk::test_util::{TestWebhook, WebhookSigner};
/// use serde_json::json;
///
/// let signer = WebhookSigner::generate();
/// let webhook = TestWebhook::new("user.deleted", &json!({"id": "user_1", "deleted": true}));
/// let message = signer.sign(&webhook);
///
/// // Send the headers and the body to your application, which was created with `signer.verifier()`.
/// let event = signer.verifier().verify(&message.headers, message.body)?;
/// assert_eq!(event.kind(), "user.deleted");
/// # Ok::<(), clerk_sdk::webhook::Error>(())
/// ```
#[derive(Clone)]
pub struct WebhookSigner {
    secret: String,
    key: SigningSecret,
}

impl fmt::Debug for WebhookSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookSigner").finish_non_exhaustive()
    }
}

impl WebhookSigner {
    /// Generates a secret.
    pub fn generate() -> Self {
        let mut key = [0; 24];
        let filled = SystemRandom::new().fill(&mut key);
        filled.expect("the system provides randomness");
        let signer = Self::new(format!("whsec_{}", STANDARD.encode(key)));
        signer.expect("a generated secret is valid")
    }

    /// Creates a signer with this secret, `whsec_…`.
    ///
    /// # Errors
    ///
    /// Fails as [`Verifier::new`] does.
    pub fn new(secret: impl Into<String>) -> Result<Self, SecretError> {
        let secret = secret.into();
        let key = SigningSecret::parse(&secret)?;
        Ok(Self { secret, key })
    }

    /// Returns the secret, `whsec_…`.
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// Returns a verifier that accepts what this signer signs.
    pub fn verifier(&self) -> Verifier {
        Verifier::new(&self.secret).expect("the secret was parsed before")
    }

    /// Signs a webhook.
    pub fn sign(&self, webhook: &TestWebhook) -> SignedWebhook {
        let body = webhook.body.clone();
        let timestamp = unix_seconds(webhook.signed_at).to_string();
        let signature = self.key.sign(&SignedContent {
            id: webhook.message_id.as_bytes(),
            timestamp: timestamp.as_bytes(),
            body: &body,
        });
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("content-type", "application/json"),
            ("svix-id", &webhook.message_id),
            ("svix-timestamp", &timestamp),
            ("svix-signature", &format!("v1,{signature}")),
        ] {
            let value = HeaderValue::from_str(value).expect("the message id is a header value");
            headers.insert(name, value);
        }
        SignedWebhook { headers, body }
    }
}

/// A webhook that a test sends.
#[derive(Clone, Debug)]
pub struct TestWebhook {
    message_id: String,
    signed_at: SystemTime,
    body: Bytes,
}

impl TestWebhook {
    /// Creates a webhook of this kind, such as `user.created`, with the data as JSON or as a type of
    /// [`types`](crate::types). It has an id of its own, and is signed now.
    ///
    /// # Panics
    ///
    /// Panics if `data` cannot be serialized.
    pub fn new<T: Serialize + ?Sized>(kind: &str, data: &T) -> Self {
        let data = serde_json::to_value(data).expect("the data is serializable");
        let now = SystemTime::now();
        let since_epoch = now.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Self::event(&json!({
            "object": "event",
            "type": kind,
            "timestamp": u64::try_from(since_epoch.as_millis()).unwrap_or_default(),
            "instance_id": "ins_test",
            "data": data,
            "event_attributes": {"http_request": {"client_ip": "203.0.113.7", "user_agent": "test"}},
        }))
    }

    /// Creates a webhook with this body, for events that [`new`](Self::new) cannot make, such as malformed ones.
    pub fn event(event: &Value) -> Self {
        Self::raw(event.to_string())
    }

    /// Creates a webhook with this body, which does not have to be JSON.
    pub fn raw(body: impl Into<Bytes>) -> Self {
        Self {
            message_id: format!("msg_{:016x}", fastrand::u64(..)),
            signed_at: SystemTime::now(),
            body: body.into(),
        }
    }

    /// Sets the id of the message. Clerk repeats a message with the same id.
    ///
    /// # Panics
    ///
    /// [`sign`](WebhookSigner::sign) panics if it is not a valid header value.
    #[must_use]
    pub fn message_id(mut self, id: impl Into<String>) -> Self {
        self.message_id = id.into();
        self
    }

    /// Sets the time at which the message is signed.
    #[must_use]
    pub fn signed_at(mut self, time: SystemTime) -> Self {
        self.signed_at = time;
        self
    }
}

/// A signed webhook: what an endpoint receives.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SignedWebhook {
    /// The headers, with the signature and the content type.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}
