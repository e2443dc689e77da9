//! A mock backend: returns the same kind of response to every request, and records the requests.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use clerk_sdk::{Backend, BackendFuture, Body, ClientConfig, RetryPolicy};
use http::{Request, Response};

/// Records every request, and responds to it with a function.
#[derive(Clone)]
pub(crate) struct MockBackend {
    respond: Arc<dyn Fn() -> Response<Bytes> + Send + Sync>,
    requests: Arc<Mutex<Vec<Request<Bytes>>>>,
}

impl MockBackend {
    /// Always responds with the given status and body.
    pub(crate) fn responding(status: u16, body: impl Into<Bytes>) -> Self {
        let body = body.into();
        Self::with(move || {
            let mut response = Response::new(body.clone());
            *response.status_mut() = status.try_into().expect("the status is valid");
            response
        })
    }

    /// Responds with what `respond` returns.
    pub(crate) fn with(respond: impl Fn() -> Response<Bytes> + Send + Sync + 'static) -> Self {
        Self {
            respond: Arc::new(respond),
            requests: Arc::default(),
        }
    }

    /// Returns a configuration that uses this backend and does not retry.
    pub(crate) fn config(&self) -> ClientConfig {
        ClientConfig::new("sk_test_mock")
            .backend(self.clone())
            .retry(RetryPolicy::none())
    }

    pub(crate) fn requests(&self) -> Vec<Request<Bytes>> {
        let requests = self.requests.lock();
        requests.expect("the mutex is not poisoned").clone()
    }

    /// Returns the only request that was sent.
    ///
    /// # Panics
    ///
    /// Panics if none or several were sent.
    pub(crate) fn only_request(&self) -> Request<Bytes> {
        let mut requests = self.requests();
        assert_eq!(requests.len(), 1, "one request was sent");
        requests.remove(0)
    }

    /// Returns the JSON body of the only request that was sent.
    pub(crate) fn only_json_body(&self) -> serde_json::Value {
        serde_json::from_slice(self.only_request().body()).expect("the body is JSON")
    }
}

impl Backend for MockBackend {
    fn send(&self, request: Request<Bytes>) -> BackendFuture<'_> {
        let requests = self.requests.lock();
        requests.expect("the mutex is not poisoned").push(request);
        Box::pin(async { Ok((self.respond)().map(Body::from)) })
    }
}
