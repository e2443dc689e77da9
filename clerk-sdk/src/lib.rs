//! Clerk's Backend API for Rust: users, organizations, sessions, billing, machine tokens.
//!
//! Each resource is a module with a function for each operation. The functions use the key of the
//! process: the one given to [`set_key`], else the `CLERK_SECRET_KEY` environment variable.
//!
//! ```no_run
//! use clerk_sdk::{Error, organization, user};
//!
//! # async fn run() -> clerk_sdk::Result<()> {
//! clerk_sdk::set_key("sk_test_…");
//! let org = organization::create(&organization::CreateParams::new("Clerk Inc")).await?;
//!
//! match user::get("user_123").await {
//!     Ok(user) => println!("{} {:?}", user.id, user.trace_id()),
//!     Err(Error::Api(error)) => eprintln!("{error}: {}", error.raw_json()),
//!     Err(error) => return Err(error),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! The module `guide` has guides, from getting started to upgrading.
//!
//! Where one key is not enough, each module has a `Client`, and [`Clerk`] is one handle for all of them,
//! made from a [`ClientConfig`].
//!
//! - A call is a [`Call`]: a future that is sent when awaited, and takes settings before that.
//! - Its answer is a [`Response`], which is the value and keeps status, headers and raw JSON.
//! - Its failure is an [`Error`], which keeps whatever came.
//! - Values decode whatever the API adds: enums and unions keep what they do not know, and missing
//!   fields and nulls become defaults. Lists are a [`List`], instants a [`Timestamp`].
//! - A list comes page by page; [`Call::items`] is a stream over all of them, [`Call::pages`] one of the pages.
//! - Calls that fail are made again as a [`RetryPolicy`] says; a [`RateLimit`] keeps them from being too many.
//! - [`API_VERSION`] and [`SPEC_REVISION`] say which of Clerk's documents this crate was made from.
//! - A field of a request that can be cleared is a [`Nullable`]; [`metadata`] becomes a type of yours.
//!
//! # Time limits
//!
//! | limit | default | set by |
//! |---|---|---|
//! | opening a connection | 10 s | [`ClientConfig::connect_timeout`] |
//! | one attempt of a call | 15 s | [`ClientConfig::attempt_timeout`], [`Call::attempt_timeout`] |
//! | a whole call, with its attempts and waits | 30 s | [`ClientConfig::timeout`], [`Call::timeout`] |
//!
//! [`TimeoutError::phase`] says which of them ran out.
//!
//! # Features
//!
//! `blocking` adds `Call::blocking`, for programs without async. `tower` adds `ClientConfig::layer` and
//! `ClientConfig::service`: layers around the requests, or something else that sends them. `tracing` makes a span
//! for each call, of the target `clerk_sdk`, with these fields and no others:
//!
//! | field | what it is |
//! |---|---|
//! | `otel.name`, `otel.kind` | method and template of the path, as in `GET /users/{user_id}`; `client` |
//! | `http.request.method`, `url.template`, `url.scheme`, `server.address`, `server.port` | what was asked, and where; never the path with its ids |
//! | `http.response.status_code`, `clerk.trace_id` | what came back last |
//! | `http.request.resend_count` | how often the call was made again, if it was |
//! | `http.client.request.duration` | seconds, with all attempts and waits, up to the decoded answer |
//! | `otel.status_code`, `error.type` | of a call that failed: `ERROR`; the status, or one of `connect`, `broken_off`, `timeout_connect`, `timeout_attempt`, `timeout_call`, `rate_limit`, `decode`, and `cancelled` or `panic` where it was dropped before its end |
//!
//! OpenTelemetry asks HTTP clients for `url.full` as well. It is left out on purpose: paths and queries have ids,
//! email addresses and names of users in them, which do not belong where spans are kept.
//!
//! Within it, each repetition is an event with its `reason` and the seconds of its `wait`. `jwt`, `auth`, `tower`
//! and the features of web frameworks verify who is calling: see the modules of these names.

mod attempts;
#[cfg(feature = "auth")]
pub mod auth;
mod backend;
#[cfg(feature = "blocking")]
mod blocking;
mod call;
mod config;
mod error;
#[rustfmt::skip]
mod generated;
// To read, and never to compile: it links to what the features add.
#[cfg(all(any(doc, doctest), feature = "axum"))]
pub mod guide;
#[cfg(feature = "jwt")]
pub mod jwt;
pub mod metadata;
#[cfg(feature = "auth")]
pub mod middleware;
mod multipart;
mod outgoing;
mod pagination;
mod paging;
mod rate_limit;
mod request;
mod response;
mod retry;
mod settings;
#[cfg(feature = "tracing")]
mod trace;
mod wire;

#[cfg(feature = "tower")]
pub use backend::service::HttpService;
pub use backend::{Backend, BackendError, BackendFuture};
#[cfg(feature = "blocking")]
pub use blocking::Blocking;
pub use call::Call;
pub use config::{
    ClientConfig, DEFAULT_ATTEMPT_TIMEOUT, DEFAULT_CONNECT_TIMEOUT, DEFAULT_MAX_RESPONSE_BYTES,
    DEFAULT_TIMEOUT, KEY_VARIABLE, set_config, set_key,
};
pub use error::{
    APIErrorResponse, DecodeError, Error, InvalidArgument, Result, TimeoutError, TimeoutPhase,
    TransportError,
};
pub use generated::*;
pub use multipart::File;
pub use pagination::{Items, Pages};
pub use rate_limit::RateLimit;
pub use response::Response;
pub use retry::RetryPolicy;
#[doc(no_inline)]
pub use wire::Nullable::Null;
pub use wire::{DateTime, List, NotAnInstant, Nullable, Timestamp};
