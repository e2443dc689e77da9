//! An extractor for actix-web (features `webhooks` and `actix-web-4`).
//!
//! ```
//! use actix_web::{App, HttpResponse, web};
//! use clerk_sdk::webhook::Verifier;
//! use clerk_sdk::webhook::actix_web_4::Webhook;
//!
//! async fn receive(Webhook(event): Webhook) -> HttpResponse {
//!     println!("{}", event.kind());
//!     HttpResponse::NoContent().finish()
//! }
//!
//! # fn app(verifier: Verifier) {
//! let app = App::new()
//!     .app_data(web::Data::new(verifier))
//!     .route("/webhooks/clerk", web::post().to(receive));
//! # }
//! ```

use std::future::{Future, poll_fn};
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest, HttpResponse, ResponseError, web};
use bytes::{Bytes, BytesMut};
use futures_core::Stream;

use super::rejection::{Rejection, check_content_length};
use super::{Event, Verifier};
use crate::framework_headers;

/// The event of a request. The [`Verifier`] is application data: `.app_data(web::Data::new(verifier))`.
#[derive(Clone, Debug)]
pub struct Webhook(pub Event);

impl FromRequest for Webhook {
    type Error = Rejection;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Rejection>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let verifier = request.app_data::<web::Data<Verifier>>().cloned();
        let headers = framework_headers::from_actix_web_4(request.headers()).unwrap_or_default();
        let payload = payload.take();
        Box::pin(async move {
            let verifier = verifier.ok_or(Rejection::NoVerifier)?;
            check_content_length(&headers, verifier.body_limit())?;
            let body = read(payload, verifier.body_limit()).await?;
            Ok(Self(verifier.verify(&headers, body)?))
        })
    }
}

async fn read(mut payload: Payload, limit: usize) -> Result<Bytes, Rejection> {
    let mut body = BytesMut::new();
    while let Some(chunk) = poll_fn(|context| Pin::new(&mut payload).poll_next(context)).await {
        let chunk = chunk.map_err(|_| Rejection::Incomplete)?;
        if body.len() + chunk.len() > limit {
            return Err(Rejection::TooLarge(limit));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

impl ResponseError for Rejection {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status().as_u16()).unwrap_or(StatusCode::BAD_REQUEST)
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::build(self.status_code())
            .content_type("text/plain; charset=utf-8")
            .body(self.to_string())
    }
}
