//! Stubs: responses that a test sets for requests with a given method and path.

use axum::body::Body;
use axum::http::Response;

use crate::http::path::strip_version;
use crate::http::request::RecordedRequest;

/// A response that the emulator returns instead of its own.
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

/// What the emulator does instead of responding on its own.
pub(crate) enum StubAction {
    Respond(Response<Body>),
    /// Never responds.
    Hang,
}

struct Stub {
    method: String,
    /// The path without `/v1`.
    path: String,
    /// The response; nothing to never respond.
    response: Option<StubbedResponse>,
    /// Whether the stub is for all requests, and not only for the next one.
    stays: bool,
}

impl Stub {
    fn matches(&self, request: &RecordedRequest) -> bool {
        self.method == request.method && self.path == request.api_path()
    }

    fn action(&self) -> StubAction {
        match &self.response {
            Some(response) => StubAction::Respond(response.to_http()),
            None => StubAction::Hang,
        }
    }
}

/// The stubs that no request has used up yet, oldest first.
#[derive(Default)]
pub(crate) struct Stubs(Vec<Stub>);

impl Stubs {
    /// Adds a response to the next request, or, if it `stays`, to all of them.
    ///
    /// # Panics
    ///
    /// Panics if the status or a header is not valid in HTTP.
    pub(crate) fn add_response(&mut self, stub: &StubbedResponse, stays: bool) {
        let (method, path) = (stub.method.clone(), strip_version(&stub.path).to_owned());
        // An invalid one is reported here, and not when a request arrives.
        drop(stub.to_http());
        if stays {
            self.0
                .retain(|it| !(it.stays && it.method == method && it.path == path));
        }
        self.0.push(Stub {
            method,
            path,
            response: Some(stub.clone()),
            stays,
        });
    }

    pub(crate) fn add_hang(&mut self, method: &str, path: &str) {
        self.0.push(Stub {
            method: method.to_owned(),
            path: strip_version(path).to_owned(),
            response: None,
            stays: false,
        });
    }

    /// Returns what the oldest stub that matches a request does. One for the next request takes precedence, and is
    /// removed.
    pub(crate) fn take(&mut self, request: &RecordedRequest) -> Option<StubAction> {
        let mut stubs = self.0.iter();
        if let Some(index) = stubs.position(|it| !it.stays && it.matches(request)) {
            return Some(self.0.remove(index).action());
        }
        let stub = self.0.iter().find(|it| it.matches(request))?;
        Some(stub.action())
    }
}
