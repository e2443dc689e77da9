//! The clients that the benchmarks compare: the SDK, and `reqwest` alone as the baseline.

use std::time::Duration;

use clerk_sdk::{ClientConfig, user};
use http::header::{ACCEPT, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use serde::de::DeserializeOwned;

const KEY: &str = "sk_test_0123456789012345678901234567890123456789";

pub(crate) fn client(url: &str) -> user::Client {
    user::Client::new(ClientConfig::new(KEY).base_url(url))
}

/// Calls with `reqwest` alone, and the headers that the SDK sends.
#[derive(Clone)]
pub(crate) struct ReqwestBaseline {
    client: reqwest::Client,
    url: String,
}

impl ReqwestBaseline {
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

    /// Reads the body without decoding it.
    pub(crate) async fn bytes(&self) -> bytes::Bytes {
        let request = self.client.get(&self.url).bearer_auth(KEY);
        let response = request.send().await.expect("a response");
        response.bytes().await.expect("a complete response")
    }

    /// Decodes the body into one of the SDK's types with `serde_json`.
    pub(crate) async fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.bytes().await).expect("decoding succeeds")
    }

    /// Reads the body under a timeout, as every call of the SDK has one. The timeout costs one timer.
    pub(crate) async fn bytes_with_timeout(&self) -> bytes::Bytes {
        let request = self.client.get(&self.url).bearer_auth(KEY);
        let request = request.timeout(Duration::from_secs(15));
        let response = request.send().await.expect("a response");
        response.bytes().await.expect("a complete response")
    }
}
