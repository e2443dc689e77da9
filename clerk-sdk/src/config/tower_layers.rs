//! Tower layers and services around the calls of a client (feature `tower`).

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http_body::Body;
use http_body_util::Full;
use tower_layer::Layer;
use tower_service::Service;

use super::client_config::ClientConfig;
use crate::backend::{BoxError, HttpService, ReqwestBackend, TowerBackend};

impl ClientConfig {
    /// Wraps the HTTP transport in a tower layer; `tower::ServiceBuilder` combines several.
    ///
    /// The layer wraps each attempt of a call, so its errors are retried like those of the connection, and the time
    /// that it delays an attempt counts towards the limit of the attempt. The layer sees the key in the
    /// `Authorization` header, which is marked as sensitive.
    ///
    /// Each client created from this configuration has its own instance of the layer, which its clones share.
    ///
    /// ```
    /// use clerk_sdk::{ClientConfig, user};
    /// use tower::limit::ConcurrencyLimitLayer;
    ///
    /// let config = ClientConfig::new("sk_test_…").layer(ConcurrencyLimitLayer::new(8));
    /// let client = user::Client::new(config);
    /// ```
    pub fn layer<L, B>(self, layer: L) -> Self
    where
        L: Layer<HttpService> + Send + Sync + 'static,
        L::Service: Service<http::Request<Full<Bytes>>, Response = http::Response<B>>,
        L::Service: Clone + Send + 'static,
        <L::Service as Service<http::Request<Full<Bytes>>>>::Future: Send,
        <L::Service as Service<http::Request<Full<Bytes>>>>::Error: Into<BoxError>,
        B: Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
    {
        self.backend_factory(move |options| {
            let max_response_bytes = options.max_response_bytes;
            let http = HttpService::new(ReqwestBackend::new(options));
            Arc::new(TowerBackend::new(layer.layer(http), max_response_bytes))
        })
    }

    /// Sends requests through a tower service instead of `reqwest`: a hyper client, your own stack, or a mock.
    ///
    /// Retries, time limits and the key apply to it as they do to a [`layer`](Self::layer). A body is read up to
    /// [`max_response_bytes`](Self::max_response_bytes).
    ///
    /// Each client created from this configuration gets its own clone of the service, which the clones of the client
    /// share.
    ///
    /// ```
    /// use clerk_sdk::{ClientConfig, user};
    /// use http_body_util::{BodyExt, Full};
    ///
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let mock = tower::service_fn(async |_request| {
    ///     let body = Full::<bytes::Bytes>::from(r#"{"id":"user_1"}"#);
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
        S: Service<http::Request<Full<Bytes>>, Response = http::Response<B>>,
        S: Clone + Send + 'static,
        S::Future: Send,
        S::Error: Into<BoxError>,
        B: Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
    {
        // A configuration is `Sync`, but a service may not be.
        let service = Mutex::new(service);
        self.backend_factory(move |options| {
            let service = service.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::new(TowerBackend::new(
                service.clone(),
                options.max_response_bytes,
            ))
        })
    }
}
