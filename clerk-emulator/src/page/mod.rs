//! The page: what the emulator holds and receives, for people to look at in a browser on the same machine.

mod redaction;
mod response;
mod state;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::{Response, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::routing::get;

use crate::server::local_request::is_local_request;
use crate::server::service::Service;

/// The emulator and the secret key of the instance that is shown first.
#[derive(Clone)]
struct Source {
    service: Arc<Service>,
    secret_key: &'static str,
}

/// Returns the routes of the page.
pub(crate) fn routes(service: Arc<Service>, secret_key: &'static str) -> Router {
    let source = Source {
        service,
        secret_key,
    };
    Router::new()
        .route("/", get(async || response::page()))
        .route("/_emulator/page/state", get(show_state))
        .route("/_emulator/page/requests/{number}", get(show_exchange))
        .layer(from_fn(refuse_strangers))
        .with_state(source)
}

/// Responds with an error to other machines and to websites: the page needs no key.
async fn refuse_strangers(request: Request, next: Next) -> Response<Body> {
    match is_local_request(&request) {
        true => next.run(request).await,
        false => response::error(
            StatusCode::FORBIDDEN,
            "Only a browser on the emulator's machine can see this page, at the address 127.0.0.1 or localhost.",
        ),
    }
}

async fn show_state(State(source): State<Source>, RawQuery(query): RawQuery) -> Response<Body> {
    let query = query.unwrap_or_default();
    let instance_id = query.strip_prefix("instance=").filter(|it| !it.is_empty());
    match state::state(&source.service, source.secret_key, instance_id) {
        Some(state) => response::json(&state),
        None => response::error(StatusCode::NOT_FOUND, "There is no such instance."),
    }
}

async fn show_exchange(State(source): State<Source>, Path(number): Path<u64>) -> Response<Body> {
    match source.service.exchange(number) {
        Some(exchange) => response::json(&state::exchange(&exchange)),
        None => response::error(
            StatusCode::NOT_FOUND,
            "The request is not in the log any more.",
        ),
    }
}
