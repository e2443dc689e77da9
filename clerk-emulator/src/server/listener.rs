//! The listener: serves connections until the emulator stops.

use std::net::TcpListener;
use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use axum::{Router, routing::any};
use tokio::sync::oneshot;

use super::service::Service;
use super::transport::{Peer, ResettableListener};

/// Serves `routes`, and everything else as the API does. Serves requests until `stopped` resolves, and then drops the requests that are still in progress.
pub(crate) async fn serve(
    listener: TcpListener,
    service: Arc<Service>,
    routes: Router,
    stopped: oneshot::Receiver<()>,
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
    let server = axum::serve(ResettableListener(listener), router);
    tokio::select! {
        _ = server.into_future() => {}
        _ = stopped => {}
    }
}
