//! An extractor for poem (features `webhooks` and `poem-3`).
//!
//! ```
//! # fn app(verifier: clerk_sdk::webhook::Verifier) -> impl poem::Endpoint {
//! use clerk_sdk::webhook::poem_3::Webhook;
//! use poem::http::StatusCode;
//! use poem::{EndpointExt, Route, handler, post};
//!
//! #[handler]
//! async fn receive(Webhook(event): Webhook) -> StatusCode {
//!     println!("{}", event.kind());
//!     StatusCode::NO_CONTENT
//! }
//!
//! Route::new().at("/webhooks/clerk", post(receive)).data(verifier)
//! # }
//! ```

use poem::error::{ReadBodyError, ResponseError};
use poem::http::StatusCode;
use poem::{FromRequest, Request, RequestBody, Result};

use super::rejection::{Rejection, check_content_length};
use super::{Event, Verifier};

/// The event of a request. The [`Verifier`] is data of the endpoint: `.data(verifier)`.
#[derive(Clone, Debug)]
pub struct Webhook(pub Event);

impl<'a> FromRequest<'a> for Webhook {
    async fn from_request(request: &'a Request, body: &mut RequestBody) -> Result<Self> {
        let verifier = request.extensions().get::<Verifier>();
        let verifier = verifier.ok_or(Rejection::NoVerifier)?;
        let limit = verifier.body_limit();
        check_content_length(request.headers(), limit)?;
        let body = body.take()?.into_bytes_limit(limit).await;
        let body = body.map_err(|error| match error {
            ReadBodyError::PayloadTooLarge => Rejection::TooLarge(limit),
            _ => Rejection::Incomplete,
        })?;
        let event = verifier.verify(request.headers(), body);
        Ok(Self(event.map_err(Rejection::from)?))
    }
}

impl ResponseError for Rejection {
    fn status(&self) -> StatusCode {
        Rejection::status(self)
    }
}
