//! An extractor for axum (features `webhooks` and `axum-08`).
//!
//! ```
//! # fn app() -> Result<axum::Router, clerk_sdk::webhook::SecretError> {
//! use axum::{Router, http::StatusCode, routing::post};
//! use clerk_sdk::webhook::axum_08::Webhook;
//! use clerk_sdk::webhook::{EventData, Verifier};
//!
//! async fn receive(Webhook(event): Webhook) -> StatusCode {
//!     if let EventData::UserCreated(user) = event.data {
//!         println!("{} signed up", user.id);
//!     }
//!     StatusCode::NO_CONTENT
//! }
//!
//! let app = Router::new()
//!     .route("/webhooks/clerk", post(receive))
//!     .with_state(Verifier::from_env()?);
//! # Ok(app)
//! # }
//! ```

use axum::body::Body;
use axum::extract::{FromRef, FromRequest, Request};
use axum::response::{IntoResponse, Response};

use super::body::receive;
use super::rejection::Rejection;
use super::{Event, Verifier};

/// The event of a request. The [`Verifier`] is the state of the router, or a part of it by `FromRef`.
///
/// The limit of the body is that of the verifier, whatever axum's `DefaultBodyLimit` is.
#[derive(Clone, Debug)]
pub struct Webhook(pub Event);

impl<S> FromRequest<S> for Webhook
where
    S: Sync,
    Verifier: FromRef<S>,
{
    type Rejection = Rejection;

    async fn from_request(request: Request, state: &S) -> Result<Self, Rejection> {
        receive(&Verifier::from_ref(state), request).await.map(Self)
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        self.to_response().map(Body::from)
    }
}
