//! The HTTP client that calls the applications, and the tokens that it sends.

use clerk_sdk_tests::Signer;
use http::Version;
use serde_json::{Value, json};

use super::clock::Clock;
use super::gates::ORIGIN;

pub(crate) struct TestResponse {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: String,
}

impl TestResponse {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .get(name)
            .map(|it| it.to_str().expect("an ASCII header"))
    }

    /// Returns the code of the error in the body.
    pub(crate) fn code(&self) -> String {
        let body: Value = serde_json::from_str(&self.body).expect("a JSON body");
        body["errors"][0]["code"]
            .as_str()
            .expect("an error code")
            .to_owned()
    }
}

pub(crate) struct TestClient<'a> {
    http: reqwest::Client,
    url: &'a str,
}

impl<'a> TestClient<'a> {
    /// Creates a client that follows no redirects.
    pub(crate) fn new(url: &'a str) -> Self {
        Self::with_version(url, Version::HTTP_11)
    }

    /// Creates a client that uses HTTP/1.1, or HTTP/2 without an upgrade.
    pub(crate) fn with_version(url: &'a str, version: Version) -> Self {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        let http = match version {
            Version::HTTP_2 => http.http2_prior_knowledge(),
            _ => http.http1_only(),
        };
        let http = http.build().expect("a client");
        Self { http, url }
    }

    /// Returns the host and the port of the application.
    pub(crate) fn host(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    pub(crate) async fn get(&self, path: &str, headers: &[(&str, &str)]) -> TestResponse {
        self.send(http::Method::GET, path, headers).await
    }

    pub(crate) async fn send(
        &self,
        method: http::Method,
        path: &str,
        headers: &[(&str, &str)],
    ) -> TestResponse {
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.expect("a response");
        TestResponse {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.text().await.expect("a UTF-8 body"),
        }
    }

    /// Sends a `GET` request with a token in the `Authorization` header.
    pub(crate) async fn get_with_token(&self, path: &str, token: &str) -> TestResponse {
        self.get(path, &[("authorization", &format!("Bearer {token}"))])
            .await
    }
}

/// Returns the initial time of the application, in Unix seconds.
pub(crate) fn now() -> u64 {
    Clock::START
}

/// Returns a valid session token with additional claims.
pub(crate) fn token(claims: Value) -> String {
    let mut all = json!({
        "sub": "user_1", "sid": "sess_1", "iss": "https://clerk.emulator.test", "v": 2,
        "azp": ORIGIN, "iat": now() - 5, "nbf": now() - 5, "exp": now() + 60,
    });
    for (name, value) in claims.as_object().expect("claims are an object") {
        all[name] = value.clone();
    }
    Signer::instance().sign(&all)
}
