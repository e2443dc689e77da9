//! A tower service (features `webhooks` and `tower`), for hyper and other servers that take one.
//!
//! ```
//! use clerk_sdk::webhook::{Event, Verifier};
//! use clerk_sdk::webhook::tower::WebhookService;
//!
//! async fn receive(event: Event) -> Result<(), std::io::Error> {
//!     println!("{}", event.kind());
//!     Ok(())
//! }
//!
//! # fn service(verifier: Verifier) {
//! let service = WebhookService::new(verifier, receive);
//! # let _: WebhookService<_> = service;
//! # }
//! ```

use std::convert::Infallible;
use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body::Body;
use http_body_util::Full;
use tower_service::Service;

use super::body::receive;
use super::{Event, Verifier};

/// A service that verifies each request, and passes its event to a handler.
///
/// It responds with 204 if the handler succeeds. If the handler fails, it responds with 500 and without the reason, which
/// the handler should log, and Clerk sends the message again later.
#[derive(Clone)]
pub struct WebhookService<H> {
    verifier: Verifier,
    handler: H,
}

impl<H> fmt::Debug for WebhookService<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookService")
            .field("verifier", &self.verifier)
            .finish_non_exhaustive()
    }
}

impl<H> WebhookService<H> {
    /// Creates a service that passes events to `handler`, an async function.
    pub fn new(verifier: Verifier, handler: H) -> Self {
        Self { verifier, handler }
    }
}

impl<H, F, E, B> Service<Request<B>> for WebhookService<H>
where
    H: Fn(Event) -> F + Clone + Send + 'static,
    F: Future<Output = Result<(), E>> + Send + 'static,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let Self { verifier, handler } = self.clone();
        Box::pin(async move {
            let event = match receive(&verifier, request).await {
                Ok(event) => event,
                Err(rejection) => return Ok(rejection.to_response().map(Full::new)),
            };
            let mut response = Response::new(Full::default());
            *response.status_mut() = match handler(event).await {
                Ok(()) => StatusCode::NO_CONTENT,
                Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
            };
            Ok(response)
        })
    }
}
