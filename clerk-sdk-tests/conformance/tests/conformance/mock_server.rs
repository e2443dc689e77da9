//! A mock server: records the last request, and sends the response that a test sets.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use bytes::Bytes;
use clerk_sdk::{Backend, BackendFuture, Clerk, ClientConfig};
use serde_json::Value;

/// The secret key of every client of the mock server.
pub(crate) const SECRET_KEY: &str = "sk_test_conformance";

/// The response to send, and the last request.
#[derive(Clone, Default)]
pub(crate) struct MockServer {
    response: Arc<Mutex<http::Response<Bytes>>>,
    last_request: Arc<Mutex<Option<http::Request<Bytes>>>>,
}

impl MockServer {
    /// Sets the response to all further requests. Its body is empty if `body` is `None`.
    pub(crate) fn respond_with(&self, status: u16, body: Option<&Value>) {
        let body = body.map(Value::to_string).unwrap_or_default();
        self.respond_with_bytes(status, body);
    }

    /// Sets the response to all further requests.
    pub(crate) fn respond_with_bytes(&self, status: u16, body: impl Into<Bytes>) {
        let mut response = http::Response::new(body.into());
        *response.status_mut() = status.try_into().expect("a valid status");
        *self.response.lock().expect("the lock is not poisoned") = response;
    }

    /// Takes the last request, if one was received since the previous call of this method.
    pub(crate) fn take_request(&self) -> Option<http::Request<Bytes>> {
        let mut last = self.last_request.lock().expect("the lock is not poisoned");
        last.take()
    }

    fn handle(&self, request: http::Request<Bytes>) -> http::Response<Bytes> {
        *self.last_request.lock().expect("the lock is not poisoned") = Some(request);
        let response = self.response.lock().expect("the lock is not poisoned");
        response.clone()
    }

    /// Serves HTTP on loopback, and returns a client of the server.
    pub(crate) async fn serve_http(&self) -> Clerk {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a free port");
        let address = listener.local_addr().expect("the listener is bound");
        let server = self.clone();
        let handler = move |request: http::Request<Body>| async move {
            let (head, body) = request.into_parts();
            let body = to_bytes(body, usize::MAX).await.expect("a complete body");
            let response = server.handle(http::Request::from_parts(head, body));
            response.map(Body::from)
        };
        let router: Router = Router::new().fallback(handler);
        tokio::spawn(axum::serve(listener, router).into_future());
        Clerk::new(ClientConfig::new(SECRET_KEY).base_url(format!("http://{address}/v1")))
    }

    /// Returns a client that reaches the server without a network, for the many tests that only decode responses.
    pub(crate) fn in_process_client(&self) -> Clerk {
        Clerk::new(ClientConfig::new(SECRET_KEY).backend(self.clone()))
    }
}

impl Backend for MockServer {
    fn send(&self, request: http::Request<Bytes>) -> BackendFuture<'_> {
        let response = self.handle(request).map(clerk_sdk::Body::from);
        Box::pin(async { Ok(response) })
    }
}
