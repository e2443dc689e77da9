//! The Rust SDK for [Clerk](https://clerk.com), a service that manages the users of your application.
//!
//! It has a function for each operation of Clerk's Backend API: users, organizations, sessions, invitations, billing and
//! machine tokens. It also verifies the session tokens, machine tokens and webhooks that your server receives.
//!
//! ```toml
//! [dependencies]
//! clerk-sdk = { version = "0.1", features = ["axum"] } # `axum` only if you protect its routes
//! tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
//! ```
//!
//! # Call the API
//!
//! Each resource is a module, and each operation a function that uses the secret key of the process: the one given to
//! [`set_key`], or else that of the environment variable `CLERK_SECRET_KEY`.
//!
//! ```no_run
//! use clerk_sdk::user;
//!
//! #[tokio::main]
//! async fn main() -> clerk_sdk::Result<()> {
//!     let params = user::CreateParams::new()
//!         .email_address(["ada@example.com"])
//!         .first_name("Ada");
//!     let ada = user::create(&params).await?;
//!     println!("{} created at {}", ada.id, ada.created_at);
//!     Ok(())
//! }
//! ```
//!
//! - A function returns a [`Call`], a future that sends the request when it is awaited. Set the options of a single call
//!   before the `.await`: `user::get(id).timeout(limit)`.
//! - A call returns a [`Response`], which dereferences to the value and keeps the status, headers, trace id and raw JSON.
//! - A list function returns one page; [`Call::items`] is a stream over the items of all pages.
//! - To use several keys, create a [`Clerk`], or the `Client` of a module, from a [`ClientConfig`] for each.
//!
//! # Protect a route
//!
//! The feature `axum` adds a layer and extractors for axum; there are features for actix-web, Rocket, poem and tower too.
//! Tokens are verified locally, with Clerk's public keys, which are fetched once and cached.
//!
#![cfg_attr(feature = "axum", doc = "```no_run")]
#![cfg_attr(not(feature = "axum"), doc = "```ignore")]
//! use axum::{Router, routing::get};
//! use clerk_sdk::ClientConfig;
//! use clerk_sdk::auth::Authenticator;
//! use clerk_sdk::middleware::axum::Auth;
//!
//! async fn me(Auth(session): Auth) -> String {
//!     format!("hello {}", session.user_id())
//! }
//!
//! # fn app() -> clerk_sdk::Result<Router> {
//! let clerk = Authenticator::new(ClientConfig::default()) // uses the key of the process
//!     .authorized_parties(["https://app.example.com"])?; // the origins of your frontends
//! let app: Router = Router::new().route("/me", get(me)).layer(clerk.require_auth());
//! # Ok(app)
//! # }
//! ```
//!
//! # Handle errors
//!
//! An [`Error`] keeps everything that was received, and never prints the key, a token or the body of a response.
//!
//! ```
//! use clerk_sdk::{Error, user};
//!
//! async fn username(id: &str) -> clerk_sdk::Result<Option<String>> {
//!     match user::get(id).await {
//!         Ok(user) => Ok(user.into_inner().username),
//!         Err(error) if error.is_not_found() => Ok(None),
//!         Err(Error::Api(error)) => {
//!             eprintln!("{error}"); // 401 authentication_invalid: … (trace 9f2c…)
//!             Err(error.into())
//!         }
//!         Err(error) => Err(error), // no connection, a time limit, …
//!     }
//! }
//! ```
//!
//! Calls are bounded in time, and those that are safe to retry are retried: see [time limits and retries](guide::time_limits).
//!
//! # Features
//!
//! | feature | adds |
//! |---|---|
//! | `axum`, `actix-web`, `rocket`, `poem` | middleware and extractors that authenticate requests, with `auth` |
//! | `auth` | authentication of requests without a framework: session tokens, machine tokens, cookies and handshakes, with `jwt` |
//! | `jwt` | verification of tokens alone |
//! | `webhooks` | verification of webhooks, and types for their events |
//! | `test-util` | sessions, signed tokens and signed webhooks for the tests of your application; for `[dev-dependencies]` |
//! | `blocking` | calls without async |
//! | `tower` | tower layers and services around calls to Clerk; with `auth`, a layer that authenticates requests |
//! | `reqwest-013` | calls through your own `reqwest::Client` |
//! | `tracing` | a [span for each call](guide::tracing_spans) |
//! | `chrono`, `jiff`, `time` | conversions between [`Timestamp`] and [`DateTime`] and the types of these crates |
//! | `redis`, with TLS by `redis-rustls` or `redis-native-tls` | [a rate limit that several processes share](guide::many_processes) |
//! | `metrics` | [numbers to watch](guide::many_processes), for the recorder of the crate `metrics` |
//! | `http2`, `gzip`, `socks` | HTTP/2; compressed responses; SOCKS proxies. `gzip` affects only the default backend |
//! | `rustls` (default), `rustls-ring`, `native-tls`, `webpki-roots`, `aws-lc-rs`, `ring` | the [TLS library, certificates and cryptography](guide::tls) |
//!
//! A feature that depends on the major version of another crate also has a name with that version, such as `axum-08` or
//! `chrono-04`: see [upgrading](guide::upgrading#cargo-features-with-version-numbers).
//!
//! # Where to go next
//!
//! - The [`guide`]s, in an order for reading, from getting started to upgrading.
//! - The [cookbook](guide::cookbook): whole programs for common tasks.
//! - [`types`]: everything that the API returns. [`Nullable`] is a field of a request that can be cleared, [`Metadata`]
//!   your own data, and a [`RawRequest`] calls an operation that is newer than this version of the crate.
//! - [`API_VERSION`] and [`SPEC_REVISION`]: the OpenAPI document that this crate was generated from.
//! - [`clerk-emulator`](https://docs.rs/clerk-emulator): an emulator of Clerk for tests and local development.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod accessors;
#[cfg(feature = "auth")]
pub mod auth;
mod backend;
mod base_url;
#[cfg(feature = "blocking")]
mod blocking;
#[cfg(not(feature = "blocking"))]
mod blocking_disabled;
mod call;
mod config;
#[cfg(any(feature = "jwt", feature = "redis", feature = "webhooks"))]
mod crypto;
mod error;
mod exchange;
#[cfg(any(feature = "actix-web-4", feature = "rocket-05"))]
mod framework_headers;
mod generated;
// Documentation only.
#[cfg(any(doc, doctest))]
pub mod guide;
mod headers;
#[cfg(feature = "jwt")]
pub mod jwt;
mod metrics;
#[cfg(feature = "auth")]
pub mod middleware;
mod pagination;
mod rate_limit;
mod raw_request;
mod request;
#[cfg(feature = "reqwest-013")]
pub mod reqwest_013;
mod response;
mod retry;
mod secret_key;
#[cfg(feature = "test-util")]
pub mod test_util;
#[cfg(feature = "webhooks")]
pub mod webhook;
mod wire;

#[cfg(feature = "tower")]
pub use backend::HttpService;
#[doc(no_inline)]
pub use {bytes, http, serde_json};

pub use backend::{Backend, BackendError, BackendFuture, Body};
#[cfg(feature = "blocking")]
pub use blocking::Blocking;
pub use call::Call;
pub use config::{
    ClientConfig, DEFAULT_ATTEMPT_TIMEOUT, DEFAULT_CONNECT_TIMEOUT, DEFAULT_MAX_IN_FLIGHT,
    DEFAULT_MAX_RESPONSE_BYTES, DEFAULT_POOL_IDLE_TIMEOUT, DEFAULT_TIMEOUT, SECRET_KEY_ENV_VAR,
    set_config, set_key,
};
pub use error::{
    APIErrorResponse, DecodeError, Error, InvalidArgument, Result, TimeoutError, TimeoutPhase,
    TransportError,
};
pub use generated::*;
pub use pagination::{Items, PageCursor, Pages, ParsePageCursorError};
pub use rate_limit::{
    RateLimit, RateLimitError, RateLimitFuture, RateLimitPermit, RateLimitedCall, RateLimiter,
};
#[cfg(feature = "redis")]
pub use rate_limit::{RedisFallback, RedisRateLimit};
pub use raw_request::RawRequest;
pub use request::File;
pub use response::Response;
pub use retry::{RetryBudget, RetryPolicy};
#[doc(no_inline)]
pub use wire::Nullable::Null;
#[cfg(any(feature = "chrono-04", feature = "jiff-1", feature = "time-03"))]
pub use wire::TimestampRangeError;
pub use wire::{
    DateTime, IntoList, List, Metadata, Nullable, OrderBy, ParseDateTimeError, ParseTimestampError,
    ResponseBody, Timestamp, UnknownValue, UnknownVariant,
};
