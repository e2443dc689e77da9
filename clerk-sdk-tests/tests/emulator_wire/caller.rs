//! Sends plain HTTP to the emulator.

use clerk_sdk_tests::Emulator;
use serde_json::Value;

/// One answer: status, trace id, JSON.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) trace_id: Option<String>,
    pub(crate) json: Value,
}

impl Answer {
    pub(crate) fn error(&self) -> (u16, &str, &str) {
        let error = &self.json["errors"][0];
        let param = error["meta"]["param_name"].as_str().unwrap_or_default();
        (
            self.status,
            error["code"].as_str().unwrap_or_default(),
            param,
        )
    }

    pub(crate) fn id(&self) -> String {
        assert_eq!(self.status, 200, "{}", self.json);
        self.json["id"].as_str().expect("it has an id").to_owned()
    }
}

/// A client that goes to this machine, whatever proxies are set.
pub(crate) fn http() -> reqwest::Client {
    // The SDK has reqwest's TLS without a provider, so building a client wants one. Another test of
    // this program may have set it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder().no_proxy();
    builder.build().expect("it needs nothing of the machine")
}

pub(crate) struct Caller {
    pub(crate) http: reqwest::Client,
    pub(crate) url: String,
    pub(crate) key: String,
}

impl Caller {
    pub(crate) fn new(server: &Emulator, key: &str) -> Self {
        Self {
            http: http(),
            url: server.url().to_owned(),
            key: key.to_owned(),
        }
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = method.parse().expect("a method");
        let url = format!("{}{path}", self.url);
        self.http.request(method, url).bearer_auth(&self.key)
    }

    pub(crate) async fn send(request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.expect("it answers");
        let trace_id = response.headers().get("clerk-trace-id");
        let trace_id = trace_id.map(|it| it.to_str().expect("it is text").to_owned());
        let status = response.status().as_u16();
        let body = response.bytes().await.expect("it is whole");
        let json = serde_json::from_slice(&body).expect("it is JSON");
        Answer {
            status,
            trace_id,
            json,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        Self::send(self.request("GET", path)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        Self::send(self.request("DELETE", path)).await
    }

    pub(crate) async fn json(&self, method: &str, path: &str, body: Value) -> Answer {
        let request = self.request(method, path);
        let request = request.header("content-type", "application/json");
        Self::send(request.body(body.to_string())).await
    }

    pub(crate) async fn upload(&self, method: &str, path: &str) -> Answer {
        let form =
            b"--b\r\ncontent-disposition: form-data; name=\"uploader_user_id\"\r\n\r\nuser_1\
            \r\n--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"me.png\"\r\n\
            content-type: image/png\r\n\r\n\x00\r\n\xff\r\n--b--\r\n";
        let request = self.request(method, path);
        let request = request.header("content-type", "multipart/form-data; boundary=b");
        Self::send(request.body(form.to_vec())).await
    }
}

pub(crate) async fn start() -> (Emulator, Caller) {
    let server = Emulator::start().await.expect("it starts");
    let caller = Caller::new(&server, server.key());
    (server, caller)
}
