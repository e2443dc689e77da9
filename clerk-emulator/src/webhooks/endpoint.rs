//! Endpoints: where messages are posted to, and the keys that sign them.

use std::time::Duration;

use super::signature;
use crate::store::event::Event;

/// An endpoint that takes longer than this to respond has failed.
const TIMEOUT: Duration = Duration::from_secs(15);

/// Where the events of an instance are posted to.
pub(crate) struct Endpoint {
    url: String,
    key: Vec<u8>,
    http: reqwest::Client,
}

impl Endpoint {
    /// Creates an endpoint whose messages are signed with a key.
    pub(crate) fn new(url: &str, key: Vec<u8>) -> Self {
        // A redirect is a failure, and a proxy of the environment must not see what is sent to this machine.
        let http = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!(
                "Svix-Webhooks/1.0 (clerk-emulator ",
                env!("CARGO_PKG_VERSION"),
                ")"
            ))
            .no_proxy()
            .build();
        Self {
            url: url.to_owned(),
            key,
            http: http.unwrap_or_default(),
        }
    }

    /// Returns the secret with which receivers verify signatures.
    pub(crate) fn secret(&self) -> String {
        signature::to_secret(&self.key)
    }

    /// Posts an event, and returns whether the endpoint accepted it. `now` is in milliseconds since the Unix epoch.
    pub(super) async fn post(&self, event: &Event, now: i64) -> bool {
        let timestamp = now / 1000;
        let body = event.body.to_string();
        let signature = signature::sign(&self.key, &event.message_id, timestamp, &body);
        let request = self
            .http
            .post(&self.url)
            .header("content-type", "application/json")
            .header("svix-id", &event.message_id)
            .header("svix-timestamp", timestamp.to_string())
            .header("svix-signature", signature)
            .body(body);
        let response = request.send().await;
        response.is_ok_and(|it| it.status().is_success())
    }
}
