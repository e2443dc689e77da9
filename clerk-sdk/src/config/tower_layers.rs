//! Tower layers and services around the calls of a client (feature `tower`).

use std::sync::Arc;

use tower_layer::Layer;
use tower_service::Service;

use super::client_config::ClientConfig;
use crate::backend::{Body, BoxError, HttpService, TowerBackend};

impl ClientConfig {
    /// Wraps the HTTP transport in a tower layer: the HTTP client, or your own [`backend`](Self::backend) or
    /// [`service`](Self::service), whichever is set first. Of several layers, the one that is added last is the
    /// outermost; in a `tower::ServiceBuilder` it is the first.
    ///
    /// The layer wraps each attempt of a call, so its errors are retried like those of the connection, and the time
    /// that it delays an attempt counts towards the limit of the attempt. An attempt that the layer holds back is known
    /// as not sent, unless the layer makes a new request of it, without the extensions of the old one. The layer sees
    /// the key in the `Authorization` header, which is marked as sensitive.
    ///
    /// All clients of this configuration and its clones share one instance of the layer.
    ///
    /// ```
    /// use clerk_sdk::{ClientConfig, user};
    /// use tower::limit::ConcurrencyLimitLayer;
    ///
    /// let config = ClientConfig::new("sk_test_…").layer(ConcurrencyLimitLayer::new(8));
    /// let client = user::Client::new(config);
    /// ```
    pub fn layer<L, B>(mut self, layer: L) -> Self
    where
        L: Layer<HttpService> + Send + Sync + 'static,
        L::Service: Service<http::Request<Body>, Response = http::Response<B>>,
        L::Service: Clone + Send + 'static,
        <L::Service as Service<http::Request<Body>>>::Future: Send,
        <L::Service as Service<http::Request<Body>>>::Error: Into<BoxError>,
        B: http_body::Body<Error: Into<BoxError>> + Send + 'static,
    {
        self.transport = self.transport.wrapped(move |backend| {
            let service = layer.layer(HttpService::new(backend));
            Arc::new(TowerBackend::new(service))
        });
        self
    }

    /// Sends requests through a tower service instead of `reqwest`: a hyper client, your own stack, or a mock.
    ///
    /// Retries, time limits and the key apply to it as they do to a [`layer`](Self::layer). A body is read up to
    /// [`max_response_bytes`](Self::max_response_bytes).
    ///
    /// Each attempt is sent through a clone of the service.
    ///
    /// ```
    /// use clerk_sdk::{Body, ClientConfig, user};
    ///
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let mock = tower::service_fn(async |_request| {
    ///     let body = Body::from(r#"{"id":"user_1"}"#);
    ///     Ok::<_, std::convert::Infallible>(http::Response::new(body))
    /// });
    /// let client = user::Client::new(ClientConfig::new("sk_test_123").service(mock));
    /// assert_eq!(client.get("user_1").await?.id, "user_1");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn service<S, B>(self, service: S) -> Self
    where
        S: Service<http::Request<Body>, Response = http::Response<B>>,
        S: Clone + Send + 'static,
        S::Future: Send,
        S::Error: Into<BoxError>,
        B: http_body::Body<Error: Into<BoxError>> + Send + 'static,
    {
        self.backend(TowerBackend::new(service))
    }
}
