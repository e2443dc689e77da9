//! A data guard for Rocket (features `webhooks` and `rocket-05`).
//!
//! ```
//! # fn app(verifier: clerk_sdk::webhook::Verifier) -> rocket::Rocket<rocket::Build> {
//! use clerk_sdk::webhook::Rejection;
//! use clerk_sdk::webhook::rocket_05::Webhook;
//! use rocket::http::Status;
//! use rocket::{post, routes};
//!
//! #[post("/webhooks/clerk", data = "<webhook>")]
//! async fn receive(webhook: Result<Webhook, Rejection>) -> Result<Status, Rejection> {
//!     let Webhook(event) = webhook?;
//!     println!("{}", event.kind());
//!     Ok(Status::NoContent)
//! }
//!
//! rocket::build().manage(verifier).mount("/", routes![receive])
//! # }
//! ```

use std::io::Cursor;

use rocket::data::{ByteUnit, Data, FromData, Outcome};
use rocket::http::{ContentType, Status};
use rocket::request::Request;
use rocket::response::{self, Responder, Response};

use super::rejection::{Rejection, check_content_length};
use super::{Event, Verifier};
use crate::framework_headers;

/// The event of a request. The [`Verifier`] is managed state: `rocket.manage(verifier)`.
///
/// Take a `Result<Webhook, Rejection>` and return the rejection, so that the response says what is wrong. With `Webhook`
/// alone, the response is that of the status's catcher.
#[derive(Clone, Debug)]
pub struct Webhook(pub Event);

#[rocket::async_trait]
impl<'r> FromData<'r> for Webhook {
    type Error = Rejection;

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r, Self> {
        match receive(request, data).await {
            Ok(event) => Outcome::Success(Self(event)),
            Err(rejection) => Outcome::Error((status(&rejection), rejection)),
        }
    }
}

async fn receive(request: &Request<'_>, data: Data<'_>) -> Result<Event, Rejection> {
    let verifier = request.rocket().state::<Verifier>();
    let verifier = verifier.ok_or(Rejection::NoVerifier)?;
    let limit = verifier.body_limit();
    let headers = framework_headers::from_rocket_05(request.headers()).unwrap_or_default();
    check_content_length(&headers, limit)?;
    let body = data.open(ByteUnit::from(limit)).into_bytes().await;
    let body = body.map_err(|_| Rejection::Incomplete)?;
    if !body.is_complete() {
        return Err(Rejection::TooLarge(limit));
    }
    Ok(verifier.verify(&headers, body.into_inner())?)
}

fn status(rejection: &Rejection) -> Status {
    Status::new(rejection.status().as_u16())
}

impl<'r> Responder<'r, 'static> for Rejection {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        let text = self.to_string();
        Response::build()
            .status(status(&self))
            .header(ContentType::Plain)
            .sized_body(text.len(), Cursor::new(text))
            .ok()
    }
}
