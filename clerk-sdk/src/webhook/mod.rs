//! Webhooks (feature `webhooks`): verifies that a request is from Clerk, and decodes its event.
//!
//! Clerk sends an event, such as `user.created`, as a `POST` request to each endpoint that is set up in its dashboard, and
//! signs it with the endpoint's secret. A [`Verifier`] checks the signature, and returns the [`Event`].
//!
//! ```
//! use clerk_sdk::webhook::{EventData, Verifier};
//!
//! # fn receive(headers: &http::HeaderMap, body: bytes::Bytes) -> Result<(), Box<dyn std::error::Error>> {
//! let verifier = Verifier::from_env()?; // CLERK_WEBHOOK_SIGNING_SECRET
//! let event = verifier.verify(headers, body)?;
//! match event.data {
//!     EventData::UserCreated(user) => println!("{} signed up", user.id),
//!     EventData::UserDeleted(deleted) => println!("{:?} was deleted", deleted.id),
//!     // A kind that this version of the crate does not know.
//!     EventData::Unknown { kind, data, .. } => println!("{kind}: {}", data.as_json()),
//!     // Data that does not have the form of its kind: report it, and respond with 2xx all the same.
//!     EventData::Malformed { kind, error, .. } => eprintln!("{kind}: {error}"),
//!     _ => {}
//! }
//! # Ok(())
//! # }
//! ```
//!
//! The modules for axum, actix-web, poem, Rocket and tower have an extractor that reads the body, verifies it and responds to
//! requests that are not accepted, if the feature of the framework is enabled too. The guide
//! [`receiving_webhooks`](crate::guide::receiving_webhooks) goes through all of it, from the dashboard to tests.
//!
//! # Repeated and late events
//!
//! Clerk sends a message again until your endpoint responds with 2xx, which must happen within 15 seconds. If the work takes
//! longer, store the event, respond, and do the work afterwards. Expect events several times and in any order:
//!
//! - An event that is sent again has the same [`message_id`](Event::message_id). A [`ProcessedMessages`] stores the ids.
//! - Objects have `updated_at`. Ignore an event whose object is older than what you have stored.
//!
//! # Headers
//!
//! The headers are those of Svix (`svix-id`, `svix-timestamp`, `svix-signature`) or of [Standard
//! Webhooks](https://www.standardwebhooks.com) (`webhook-id` and so on), of whose signatures version 1 is supported:
//! HMAC with SHA-256.

#[cfg(any(feature = "axum-08", feature = "tower"))]
mod body;
mod error;
mod event;
mod event_data;
mod message_headers;
mod processed_messages;
mod rejection;
mod signing_secret;
mod verifier;

#[cfg(feature = "actix-web-4")]
pub mod actix_web_4;
#[cfg(feature = "axum-08")]
pub mod axum_08;
#[cfg(feature = "poem-3")]
pub mod poem_3;
#[cfg(feature = "rocket-05")]
pub mod rocket_05;
#[cfg(feature = "tower")]
pub mod tower;

#[cfg(feature = "actix-web")]
#[doc(no_inline)]
pub use actix_web_4 as actix_web;
#[cfg(feature = "axum")]
#[doc(no_inline)]
pub use axum_08 as axum;
#[cfg(feature = "poem")]
#[doc(no_inline)]
pub use poem_3 as poem;
#[cfg(feature = "rocket")]
#[doc(no_inline)]
pub use rocket_05 as rocket;

pub use error::{Error, SecretError};
pub use event::{Event, RequestAttributes};
pub use event_data::{DataError, EventData};
pub use processed_messages::{MessageState, ProcessedMessages, RecentMessages};
pub use rejection::Rejection;
pub use verifier::Verifier;

pub(crate) use event_data::{decode_data, event_data, unknown_data};
#[cfg(feature = "test-util")]
pub(crate) use signing_secret::{SignedContent, SigningSecret};
