//! An emulator and a client that checks every successful response against the document.

mod document;

use std::sync::LazyLock;

use clerk_emulator::Emulator;
use reqwest::{Method, StatusCode};
use serde_json::Value;

/// An emulator with a client for it.
pub(crate) struct Story {
    pub(crate) emulator: Emulator,
    key: String,
}

/// A response.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) json: Value,
}

static HTTP: LazyLock<reqwest::Client> = LazyLock::new(reqwest::Client::new);

impl Story {
    pub(crate) async fn begin() -> Self {
        Self::of(Emulator::start().await.expect("a port is free"))
    }

    /// Begins a story of an emulator that has been started.
    pub(crate) fn of(emulator: Emulator) -> Self {
        let key = emulator.key().to_owned();
        Self { emulator, key }
    }

    /// Sends a request, and checks a successful response against the document.
    pub(crate) async fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        self.send_as(&self.key, method, path, body).await
    }

    /// Sends a request like [`send`](Self::send), with another secret key.
    pub(crate) async fn send_as(
        &self,
        key: &str,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Answer {
        let answer = self.send_unchecked(key, method, path, body).await;
        if answer.status.is_success() {
            let (path, query) = path.split_once('?').unwrap_or((path, ""));
            // The document does not have the form that lists have with this parameter.
            let json = match query.contains("paginated=true") {
                true => &answer.json["data"],
                false => &answer.json,
            };
            let violations = document::violations(method, path, answer.status, json);
            assert!(
                violations.is_empty(),
                "{method} {path}: {violations:#?}\n{:#}",
                answer.json
            );
        }
        answer
    }

    async fn send_unchecked(
        &self,
        key: &str,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Answer {
        let method: Method = method.parse().expect("a method");
        let url = format!("{}{path}", self.emulator.url());
        let mut request = HTTP.request(method, url).bearer_auth(key);
        if let Some(body) = body {
            request = request
                .header("content-type", "application/json")
                .body(body.to_string());
        }
        Answer::read(request).await
    }

    /// Sends a request that must succeed, and returns its response.
    pub(crate) async fn ok(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let answer = self.send(method, path, body.as_ref()).await;
        assert!(answer.status.is_success(), "{method} {path}: {answer:#?}");
        answer.json
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.ok("GET", path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Value {
        self.ok("POST", path, Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Value {
        self.ok("PATCH", path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Value {
        self.ok("DELETE", path, None).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Value {
        self.ok("PUT", path, Some(body)).await
    }

    /// Uploads a file, and returns the response.
    pub(crate) async fn upload(
        &self,
        method: &str,
        path: &str,
        media_type: &str,
        content: &[u8],
    ) -> Answer {
        let form = format!(
            "--boundary\r\nContent-Disposition: form-data; name=\"file\"; filename=\"logo\"\r\n\
             Content-Type: {media_type}\r\n\r\n"
        );
        let mut form = form.into_bytes();
        form.extend_from_slice(content);
        form.extend_from_slice(b"\r\n--boundary--\r\n");
        let url = format!("{}{path}", self.emulator.url());
        let method_name: Method = method.parse().expect("a method");
        let request = HTTP.request(method_name, url).bearer_auth(&self.key);
        let request = request.header("content-type", "multipart/form-data; boundary=boundary");
        let answer = Answer::read(request.body(form)).await;
        if answer.status.is_success() {
            let violations = document::violations(method, path, answer.status, &answer.json);
            assert!(violations.is_empty(), "{path}: {violations:#?}");
        }
        answer
    }

    /// Sends a request to a control route.
    pub(crate) async fn control(&self, method: &str, route: &str, body: Option<Value>) -> Answer {
        let url = format!("http://{}/_emulator/{route}", self.emulator.address());
        let method: Method = method.parse().expect("a method");
        let body = body.map(|it| it.to_string()).unwrap_or_default();
        Answer::read(HTTP.request(method, url).body(body)).await
    }

    /// Creates a user with an email address, and returns its id.
    pub(crate) async fn user(&self, email_address: &str) -> String {
        let body = serde_json::json!({ "email_address": [email_address], "first_name": "Ann" });
        id(&self.post("/users", body).await)
    }

    /// Creates an organization with an administrator, and returns the ids of both.
    pub(crate) async fn organization(&self, name: &str) -> (String, String) {
        let admin = self.user(&format!("{name}@example.com")).await;
        let body = serde_json::json!({ "name": name, "created_by": admin });
        let organization = self.post("/organizations", body).await;
        (id(&organization), admin)
    }

    /// Sends a request that must fail, and returns its status, the code and the name of the parameter.
    pub(crate) async fn error(
        &self,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> (u16, String, String) {
        let answer = self.send(method, path, body.as_ref()).await;
        assert!(!answer.status.is_success(), "{method} {path}: {answer:#?}");
        answer.error()
    }

    /// Returns the kinds of the events so far.
    pub(crate) fn event_kinds(&self) -> Vec<&'static str> {
        self.emulator.events().iter().map(|it| it.kind).collect()
    }
}

impl Answer {
    pub(crate) async fn read(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.expect("the emulator responds");
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.bytes().await.expect("the response is complete");
        let json = serde_json::from_slice(&body).unwrap_or_default();
        Self {
            status,
            headers,
            json,
        }
    }

    /// Returns the status, the code and the name of the parameter of an error.
    pub(crate) fn error(&self) -> (u16, String, String) {
        let error = &self.json["errors"][0];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (
            self.status.as_u16(),
            text(&error["code"]),
            text(&error["meta"]["param_name"]),
        )
    }
}

/// Returns the id of an object.
pub(crate) fn id(object: &Value) -> String {
    let id = object["id"].as_str();
    id.expect("the object has an id").to_owned()
}

/// Returns the ids of the objects of a list.
pub(crate) fn ids(list: &Value) -> Vec<String> {
    let items = list.get("data").unwrap_or(list).as_array();
    items.expect("a list").iter().map(id).collect()
}

/// Returns the expected result of [`Story::error`].
pub(crate) fn fault(status: u16, code: &str, param: &str) -> (u16, String, String) {
    (status, code.to_owned(), param.to_owned())
}
