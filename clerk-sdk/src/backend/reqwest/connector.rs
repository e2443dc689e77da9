//! Opening connections: within the time that the attempt has for it, and noticed, so that the failure of a request on a
//! connection that other requests used before is told apart.

use std::future::{Future, poll_fn};
use std::io::{self, ErrorKind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::timeout;
use tower_layer::Layer;
use tower_service::Service;

use crate::backend::attempt_scope::{connect_limit, set_connected, set_unsent};
use crate::backend::error::BoxError;

/// Sends a request, and tells the attempt whether it still waits for a connection.
///
/// While it does, each time that it is polled its connector is polled too. If another connection became free, the
/// request is sent on that, and the connector goes on in a task of its own.
pub(super) async fn watch_connection<F: Future>(request: F) -> F::Output {
    let mut request = pin!(request);
    poll_fn(|context| {
        set_unsent(false);
        request.as_mut().poll(context)
    })
    .await
}

/// Adds a [`LimitedConnector`] around the connector of `reqwest`.
#[derive(Clone)]
pub(super) struct ConnectorLayer {
    /// The connect timeout of the configuration.
    pub(super) limit: Duration,
}

impl<S> Layer<S> for ConnectorLayer {
    type Service = LimitedConnector<S>;

    fn layer(&self, connector: S) -> Self::Service {
        LimitedConnector {
            connector: Arc::new(connector),
            limit: self.limit,
        }
    }
}

/// Opens connections, TLS included, within the connect timeout and the time that the attempt has for it.
pub(super) struct LimitedConnector<S> {
    /// Shared, because `reqwest` clones the connector for each request, even if that needs no connection.
    connector: Arc<S>,
    limit: Duration,
}

impl<S> Clone for LimitedConnector<S> {
    fn clone(&self) -> Self {
        Self {
            connector: self.connector.clone(),
            limit: self.limit,
        }
    }
}

impl<S, T> Service<T> for LimitedConnector<S>
where
    S: Service<T, Error = BoxError> + Clone + Send + 'static,
    S::Future: Send,
    T: Send + 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, BoxError>> + Send>>;

    /// The connector that is cloned for the call is made ready then.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, target: T) -> Self::Future {
        let limit = self.limit.min(connect_limit().unwrap_or(Duration::MAX));
        let mut connector = S::clone(&self.connector);
        let connecting = async move {
            poll_fn(|context| connector.poll_ready(context)).await?;
            connector.call(target).await
        };
        Box::pin(async move {
            let mut connecting = pin!(timeout(limit, connecting));
            let connected = poll_fn(|context| {
                let connected = connecting.as_mut().poll(context);
                if connected.is_pending() {
                    set_unsent(true);
                }
                connected
            });
            // `reqwest` knows a timeout by this kind.
            let timed_out = |_| Err(io::Error::from(ErrorKind::TimedOut).into());
            let connected = connected.await.unwrap_or_else(timed_out)?;
            set_connected();
            Ok(connected)
        })
    }
}
