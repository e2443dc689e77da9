//! A plain HTTP client of the emulator.

use clerk_sdk_tests::Emulator;
use serde_json::Value;

/// A response of the emulator.
pub(crate) struct JsonResponse {
    pub(crate) status: u16,
    pub(crate) trace_id: Option<String>,
    pub(crate) json: Value,
}

impl JsonResponse {
    /// Returns the status, and the code and parameter of the first error.
    pub(crate) fn error(&self) -> (u16, &str, &str) {
        let error = &self.json["errors"][0];
        let param = error["meta"]["param_name"].as_str().unwrap_or_default();
        (
            self.status,
            error["code"].as_str().unwrap_or_default(),
            param,
        )
    }

    /// Returns the id of the object in a successful response.
    pub(crate) fn id(&self) -> String {
        assert_eq!(self.status, 200, "{}", self.json);
        let id = self.json["id"].as_str();
        id.expect("the object has an id").to_owned()
    }
}

/// Creates a `reqwest` client that ignores the proxy settings of the environment.
pub(crate) fn reqwest_client() -> reqwest::Client {
    let builder = reqwest::Client::builder().no_proxy();
    builder
        .build()
        .expect("the client needs no system resources")
}

pub(crate) struct HttpClient {
    pub(crate) client: reqwest::Client,
    pub(crate) url: String,
    pub(crate) key: String,
}

impl HttpClient {
    pub(crate) fn new(emulator: &Emulator, key: &str) -> Self {
        Self {
            client: reqwest_client(),
            url: emulator.url().to_owned(),
            key: key.to_owned(),
        }
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = method.parse().expect("the method is valid");
        let url = format!("{}{path}", self.url);
        self.client.request(method, url).bearer_auth(&self.key)
    }

    pub(crate) async fn send(request: reqwest::RequestBuilder) -> JsonResponse {
        let response = request.send().await.expect("the emulator responds");
        let trace_id = response.headers().get("clerk-trace-id");
        let trace_id = trace_id.map(|it| it.to_str().expect("the header is a string").to_owned());
        let status = response.status().as_u16();
        let body = response.bytes().await.expect("the body is complete");
        let json = serde_json::from_slice(&body).expect("the body is JSON");
        JsonResponse {
            status,
            trace_id,
            json,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> JsonResponse {
        Self::send(self.request("GET", path)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> JsonResponse {
        Self::send(self.request("DELETE", path)).await
    }

    pub(crate) async fn json(&self, method: &str, path: &str, body: Value) -> JsonResponse {
        let request = self.request(method, path);
        let request = request.header("content-type", "application/json");
        Self::send(request.body(body.to_string())).await
    }

    /// Uploads a small file in a multipart form.
    pub(crate) async fn upload(&self, method: &str, path: &str) -> JsonResponse {
        let form =
            b"--b\r\ncontent-disposition: form-data; name=\"uploader_user_id\"\r\n\r\nuser_1\
            \r\n--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"me.png\"\r\n\
            content-type: image/png\r\n\r\n\x00\r\n\xff\r\n--b--\r\n";
        let request = self.request(method, path);
        let request = request.header("content-type", "multipart/form-data; boundary=b");
        Self::send(request.body(form.to_vec())).await
    }
}

/// Starts an emulator, and creates a client that uses its secret key.
pub(crate) async fn start() -> (Emulator, HttpClient) {
    let emulator = Emulator::start().await.expect("the emulator starts");
    let client = HttpClient::new(&emulator, emulator.key());
    (emulator, client)
}
