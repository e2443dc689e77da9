//! The page: what the emulator holds and receives, for people to look at in a browser on the same machine.

mod response;
mod state;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::{Response, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::routing::get;

use crate::control::{Controls, check_sender};

/// Returns the routes of the page.
pub(crate) fn routes(controls: Arc<Controls>) -> Router {
    Router::new()
        .route("/", get(async || response::page()))
        .route("/_emulator/page/state", get(show_state))
        .route("/_emulator/page/requests/{number}", get(show_exchange))
        .layer(from_fn_with_state(controls.clone(), refuse_strangers))
        .with_state(controls)
}

/// Responds with an error to other machines and to websites: the page needs no key.
async fn refuse_strangers(
    State(controls): State<Arc<Controls>>,
    request: Request,
    next: Next,
) -> Response<Body> {
    match check_sender(&controls, &request) {
        Ok(()) => next.run(request).await,
        Err(_) => response::error(
            StatusCode::FORBIDDEN,
            "Only a browser on the emulator's machine can see this page, at the address 127.0.0.1 or localhost.",
        ),
    }
}

async fn show_state(
    State(controls): State<Arc<Controls>>,
    RawQuery(query): RawQuery,
) -> Response<Body> {
    let query = query.unwrap_or_default();
    let instance_id = query.strip_prefix("instance=").filter(|it| !it.is_empty());
    match state::state(&controls.service, controls.default_key, instance_id) {
        Some(state) => response::json(&state),
        None => response::error(StatusCode::NOT_FOUND, "There is no such instance."),
    }
}

async fn show_exchange(
    State(controls): State<Arc<Controls>>,
    Path(number): Path<u64>,
) -> Response<Body> {
    match controls.service.exchange(number) {
        Some(exchange) => response::json(&state::exchange(&exchange)),
        None => response::error(
            StatusCode::NOT_FOUND,
            "The request is not in the log any more.",
        ),
    }
}
