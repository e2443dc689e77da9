//! A server on loopback that keeps what arrives, and answers as it is told.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use bytes::Bytes;
use clerk_sdk::{Backend, BackendFuture, Clerk, ClientConfig};
use serde_json::Value;

/// The key that every call here is made with.
pub(crate) const KEY: &str = "sk_test_conformance";

/// What to answer, and what arrived last.
#[derive(Clone, Default)]
pub(crate) struct Exchange {
    answer: Arc<Mutex<http::Response<Bytes>>>,
    arrived: Arc<Mutex<Option<http::Request<Bytes>>>>,
}

impl Exchange {
    /// Answers what comes next in this way; without a body where there is none.
    pub(crate) fn answer(&self, status: u16, body: Option<&Value>) {
        let body = body.map(Value::to_string).unwrap_or_default();
        self.answer_bytes(status, body);
    }

    pub(crate) fn answer_bytes(&self, status: u16, body: impl Into<Bytes>) {
        let mut answer = http::Response::new(body.into());
        *answer.status_mut() = status.try_into().expect("a status");
        *self.answer.lock().expect("nothing panics here") = answer;
    }

    /// What arrived since this was last asked.
    pub(crate) fn arrived(&self) -> Option<http::Request<Bytes>> {
        self.arrived.lock().expect("nothing panics here").take()
    }

    fn exchange(&self, request: http::Request<Bytes>) -> http::Response<Bytes> {
        *self.arrived.lock().expect("nothing panics here") = Some(request);
        self.answer.lock().expect("nothing panics here").clone()
    }

    /// Serves over HTTP; gives the SDK's handle for it.
    pub(crate) async fn serve(&self) -> Clerk {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let exchange = self.clone();
        let handler = move |request: http::Request<Body>| async move {
            let (head, body) = request.into_parts();
            let body = to_bytes(body, usize::MAX).await.expect("a whole body");
            let response = exchange.exchange(http::Request::from_parts(head, body));
            response.map(Body::from)
        };
        let router: Router = Router::new().fallback(handler);
        tokio::spawn(axum::serve(listener, router).into_future());
        Clerk::new(ClientConfig::new(KEY).base_url(format!("http://{address}/v1")))
    }

    /// The SDK's handle for it without a network, for the many answers that only decoding differs in.
    pub(crate) fn clerk(&self) -> Clerk {
        Clerk::new(ClientConfig::new(KEY).backend(self.clone()))
    }
}

impl Backend for Exchange {
    fn send(&self, request: http::Request<Bytes>) -> BackendFuture<'_> {
        let response = self.exchange(request);
        Box::pin(async { Ok(response) })
    }
}
