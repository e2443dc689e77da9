//! Opening connections: within the time that the attempt has for it, and noticed, so that the failure of a request on a
//! connection that other requests used before is told apart.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::io::ErrorKind;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, timeout_at};
use tower_layer::Layer;
use tower_service::Service;

use crate::backend::connect_deadline::connect_deadline;
use crate::backend::error::BoxError;

tokio::task_local! {
    /// Whether a connection was opened for the request that is being sent.
    static HAS_CONNECTED: Cell<bool>;
}

/// Sends a request. Returns its result, and whether it was sent on a connection that was opened before.
pub(super) async fn watch_connection<F: Future>(request: F) -> (F::Output, bool) {
    let watched = async {
        let output = request.await;
        let is_reused = !HAS_CONNECTED.with(Cell::get);
        (output, is_reused)
    };
    HAS_CONNECTED.scope(Cell::new(false), watched).await
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

/// Opens connections, TLS included, until the deadline of the attempt or the connect timeout, whichever is earlier.
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
        let own_deadline = Instant::now().checked_add(self.limit);
        let deadline = own_deadline.into_iter().chain(connect_deadline()).min();
        let mut connector = S::clone(&self.connector);
        let connecting = async move {
            poll_fn(|context| connector.poll_ready(context)).await?;
            connector.call(target).await
        };
        Box::pin(async move {
            let connected = match deadline {
                Some(deadline) => match timeout_at(deadline, connecting).await {
                    Ok(connected) => connected,
                    // `reqwest` knows a timeout by this kind.
                    Err(_) => Err(std::io::Error::from(ErrorKind::TimedOut).into()),
                },
                None => connecting.await,
            }?;
            // Another request may have got a connection that became free; this one is then opened outside of it.
            let _ = HAS_CONNECTED.try_with(|it| it.set(true));
            Ok(connected)
        })
    }
}
