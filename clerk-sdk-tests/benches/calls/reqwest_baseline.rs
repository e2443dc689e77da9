//! Who calls: the SDK, and bare `reqwest` beside it.

use std::time::Duration;

use clerk_sdk::{ClientConfig, user};
use http::header::{ACCEPT, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use rustix::time::{ClockId, clock_gettime};
use serde::de::DeserializeOwned;
use tokio::runtime::{Builder, Runtime};

const KEY: &str = "sk_test_0123456789012345678901234567890123456789";

pub(crate) fn client(url: &str) -> user::Client {
    user::Client::new(ClientConfig::new(KEY).base_url(url))
}

pub(crate) fn current_thread() -> Runtime {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

/// The CPU time that this thread has used.
pub(crate) fn used() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::try_from(time).expect("it is not negative")
}

/// As bare as it gets with the same headers on the wire.
#[derive(Clone)]
pub(crate) struct Bare {
    client: reqwest::Client,
    url: String,
}

impl Bare {
    pub(crate) fn new(url: String) -> Self {
        let mut headers = HeaderMap::new();
        let version = HeaderName::from_static("clerk-api-version");
        headers.insert(version, HeaderValue::from_static(clerk_sdk::API_VERSION));
        let sdk = HeaderName::from_static("x-clerk-sdk");
        headers.insert(sdk, HeaderValue::from_static("rust/0.1.0"));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(
            USER_AGENT,
            HeaderValue::from_static("clerk/clerk-sdk-rust@0.1.0"),
        );
        let client = reqwest::Client::builder().default_headers(headers).build();
        Self {
            client: client.expect("a client"),
            url,
        }
    }

    pub(crate) async fn bytes(&self) -> bytes::Bytes {
        let request = self.client.get(&self.url).bearer_auth(KEY);
        let response = request.send().await.expect("an answer");
        response.bytes().await.expect("a whole answer")
    }

    /// Into a type of the SDK's, as a program without it would.
    pub(crate) async fn read<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.bytes().await).expect("it decodes")
    }

    /// With a time limit, as every call of the SDK has one: each time that the thread waits, a timer is set.
    pub(crate) async fn bytes_in_time(&self) -> bytes::Bytes {
        let request = self.client.get(&self.url).bearer_auth(KEY);
        let request = request.timeout(Duration::from_secs(15));
        let response = request.send().await.expect("an answer");
        response.bytes().await.expect("a whole answer")
    }
}
