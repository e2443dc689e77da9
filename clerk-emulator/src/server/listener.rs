//! The listener: serves connections until the emulator stops.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use axum::{Router, routing::any};
use tokio::sync::oneshot;

use super::service::Service;
use super::transport::{Peer, ResettableListener};

/// Serves `routes`, and everything else as the API does, until `stopped` resolves to the time that requests in progress may
/// still take. Drops them after that.
pub(crate) async fn serve(
    listener: TcpListener,
    routes: Router,
    service: Arc<Service>,
    stopped: oneshot::Receiver<Duration>,
) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
        return;
    };
    let handler = any(move |request: Request<Body>| {
        let service = service.clone();
        async move { service.handle(request).await }
    });
    let router = routes.fallback_service(handler);
    let router = router.into_make_service_with_connect_info::<Peer>();
    let (close, closed) = oneshot::channel::<()>();
    let server = axum::serve(ResettableListener(listener), router);
    let server = server.with_graceful_shutdown(async move { drop(closed.await) });
    let mut server = std::pin::pin!(server.into_future());
    let grace_period = tokio::select! {
        _ = &mut server => return,
        grace_period = stopped => grace_period.unwrap_or_default(),
    };
    drop(close);
    // Whether requests are left does not matter to the caller.
    let _ = tokio::time::timeout(grace_period, server).await;
}
