//! Who calls the applications.

use clerk_sdk_tests::Signer;
use serde_json::{Value, json};

use super::{Clock, ORIGIN};

/// One answer: status, headers, body.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .get(name)
            .map(|it| it.to_str().expect("it is text"))
    }

    pub(crate) fn code(&self) -> String {
        let body: Value = serde_json::from_str(&self.body).expect("a denial is JSON");
        body["errors"][0]["code"]
            .as_str()
            .expect("it has a code")
            .to_owned()
    }
}

pub(crate) struct Caller<'a> {
    http: reqwest::Client,
    url: &'a str,
}

impl<'a> Caller<'a> {
    /// It follows no redirect.
    pub(crate) fn of(url: &'a str) -> Self {
        // Another test of this process may have done so.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        let http = http.build().expect("a client");
        Self { http, url }
    }

    pub(crate) async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(http::Method::GET, path, headers).await
    }

    pub(crate) async fn send(
        &self,
        method: http::Method,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.expect("the application answers");
        Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.text().await.expect("the answer is text"),
        }
    }

    pub(crate) async fn bearing(&self, path: &str, token: &str) -> Answer {
        self.get(path, &[("authorization", &format!("Bearer {token}"))])
            .await
    }
}

/// The time, as the application has it at first.
pub(crate) fn now() -> u64 {
    Clock::START
}

/// A valid token with more claims.
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
