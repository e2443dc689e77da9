//! Stubs: responses that a test sets for the next request with a given method and path.

use axum::body::Body;
use axum::http::Response;

use crate::http::path::strip_version;
use crate::http::request::RecordedRequest;

/// A response that the emulator returns once, instead of its own.
#[derive(Clone, Debug)]
pub struct StubbedResponse {
    /// The method of the request to respond to.
    pub method: String,
    /// The path of the request to respond to, percent-encoded, with or without `/v1`.
    pub path: String,
    /// The status of the response.
    pub status: u16,
    /// The headers of the response.
    pub headers: Vec<(String, String)>,
    /// The body of the response.
    pub body: Vec<u8>,
}

impl StubbedResponse {
    fn to_http(&self) -> Response<Body> {
        let mut response = Response::builder().status(self.status);
        for (name, value) in &self.headers {
            response = response.header(name, value);
        }
        let response = response.body(Body::from(self.body.clone()));
        response.expect("the status and the headers of a stubbed response are valid in HTTP")
    }
}

/// The response to the request that matches a stub.
pub(crate) enum StubAction {
    Respond(Response<Body>),
    /// Never responds.
    Hang,
}

struct Stub {
    method: String,
    /// The path without `/v1`.
    path: String,
    action: StubAction,
}

impl Stub {
    fn matches(&self, request: &RecordedRequest) -> bool {
        self.method == request.method && self.path == request.api_path()
    }
}

/// The stubs that no request has used yet, oldest first.
#[derive(Default)]
pub(crate) struct Stubs(Vec<Stub>);

impl Stubs {
    /// # Panics
    ///
    /// Panics if the status or a header is not valid in HTTP.
    pub(crate) fn add_response(&mut self, stub: &StubbedResponse) {
        self.add(
            &stub.method,
            &stub.path,
            StubAction::Respond(stub.to_http()),
        );
    }

    pub(crate) fn add_hang(&mut self, method: &str, path: &str) {
        self.add(method, path, StubAction::Hang);
    }

    fn add(&mut self, method: &str, path: &str, action: StubAction) {
        self.0.push(Stub {
            method: method.to_owned(),
            path: strip_version(path).to_owned(),
            action,
        });
    }

    /// Removes and returns the oldest stub that matches a request.
    pub(crate) fn take(&mut self, request: &RecordedRequest) -> Option<StubAction> {
        let index = self.0.iter().position(|stub| stub.matches(request))?;
        Some(self.0.remove(index).action)
    }
}
