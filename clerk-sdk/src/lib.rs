//! A client for Clerk's Backend API: users, organizations, sessions, invitations, billing and machine tokens.
//!
//! Each resource is a module with a function for each operation. The functions use the secret key of the process:
//! the one given to [`set_key`], or else the `CLERK_SECRET_KEY` environment variable.
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
//! The module `guide` has guides, from getting started to upgrading, and recipes for common tasks.
//!
//! To use several keys, create a client for each: every module has a `Client`, and [`Clerk`] is one handle for all
//! resources. Both are created from a [`ClientConfig`].
//!
//! - A function returns a [`Call`]: a future that sends the request when it is awaited. Options for a single call are
//!   set before.
//! - A call resolves to a [`Response`], which derefs to the value and keeps the status, headers and raw JSON.
//! - A failed call returns an [`Error`], which keeps everything that was received.
//! - Responses decode whatever the API adds: enums and unions keep unknown values, and missing fields and nulls
//!   become defaults. Lists are a [`List`], timestamps a [`Timestamp`].
//! - A list function returns one page; [`Call::items`] is a stream over the items of all pages, [`Call::pages`] over
//!   the pages.
//! - A [`RetryPolicy`] decides which failed calls are retried, a [`RetryBudget`] how many; a [`RateLimit`] throttles calls before they are sent.
//! - A request field that can be cleared is a [`Nullable`].
//! - A [`RawRequest`] calls an operation that is newer than this version of the crate.
//! - [`Metadata`] deserializes into your own types.
//! - [`API_VERSION`] and [`SPEC_REVISION`] name the OpenAPI document that this crate was generated from.
//!
//! # Time limits
//!
//! | limit | default | set by |
//! |---|---|---|
//! | opening a connection | 10 s, and at most three quarters of an attempt's time | [`ClientConfig::connect_timeout`] |
//! | one attempt of a call | 15 s | [`ClientConfig::attempt_timeout`], [`Call::attempt_timeout`] |
//! | a whole call, with all its attempts and the waits between them | 30 s | [`ClientConfig::timeout`], [`Call::timeout`] |
//!
//! [`TimeoutError::phase`] tells which of them was exceeded.
//!
//! # Features
//!
//! `blocking` adds `Call::blocking`, for programs without async. `tower` adds `ClientConfig::layer` and
//! `ClientConfig::service`: tower layers around the HTTP transport, or a tower service in place of it. `jwt`, `auth`,
//! `tower` and the features of web frameworks authenticate requests to your server: see the modules of these names.
//! `webhooks` verifies webhooks and decodes their events. `test-util` has sessions and signed tokens for the tests of your application.
//! `reqwest-013` sends calls through your own `reqwest::Client`. `http2` enables HTTP/2. `gzip` asks for compressed
//! responses and decodes them. It affects only the default backend: not your own [`Backend`], nor a `reqwest::Client` of
//! yours, which can decode responses itself (feature `gzip` of reqwest). Nor does it change other clients of reqwest in the
//! same program.
//!
//! `chrono`, `jiff` and `time` add conversions between the [`Timestamp`] and [`DateTime`] of this crate and the types of
//! these crates. They stand for `chrono-04`, `jiff-1` and `time-03`.
//!
//! `redis` adds `RedisRateLimit`, a rate limit that several processes share, with TLS by `redis-rustls` or
//! `redis-native-tls`. `metrics` reports calls, retries, waits and cache hits to the recorder of the crate `metrics`.
//! The guide `many_processes` is about both.
//!
//! `tracing` creates a span for each call, with the target `clerk_sdk`, these fields and no others:
//!
//! | field | value |
//! |---|---|
//! | `otel.name`, `otel.kind` | the method and the template of the path, such as `GET /users/{user_id}`; `client` |
//! | `http.request.method`, `url.template`, `url.scheme`, `server.address`, `server.port` | the request, without ids |
//! | `http.response.status_code`, `clerk.trace_id` | of the last response |
//! | `http.request.resend_count` | the number of retries, if there were any |
//! | `clerk.rate_limit_fallback` | why the call did without the permits of Redis, if it did (`RedisRateLimit`) |
//! | `clerk.retry_budget_exhausted` | true if only the [`RetryBudget`] kept a call from being retried |
//! | `http.client.request.duration` | seconds, with all attempts and waits, until the response was decoded |
//! | `otel.status_code`, `error.type` | of a failed call: `ERROR`; the status, or `not_sent`, `connect`, `not_processed`, `broken_off`, `timeout_connect`, `timeout_attempt`, `timeout_call`, `rate_limit`, `max_in_flight` or `decode`, and `cancelled` or `panic` if it was dropped before it completed |
//!
//! OpenTelemetry asks HTTP clients for `url.full` as well. It is left out on purpose: paths and queries contain ids,
//! email addresses and names of users, which do not belong in traces.
//!
//! Within the span, each retry emits an event with its `reason` and its `wait` in seconds.
//!
//! # TLS
//!
//! `rustls`, the default, is TLS with rustls and the cryptography of aws-lc, as reqwest has it by default. `rustls-ring`
//! builds in less time. `native-tls` is the library of the operating system, and takes precedence. `webpki-roots` brings
//! Mozilla's root certificates along, for images without any. `jwt` uses the same cryptography as TLS; without TLS, or
//! with `native-tls` alone, choose `aws-lc-rs` or `ring`.
//!
//! A feature that one crate enables is enabled for the whole program, so the choice affects other users of reqwest and
//! rustls:
//!
//! | elsewhere in the program | with `rustls` | with `rustls-ring` |
//! |---|---|---|
//! | `reqwest::Client::new()`, with no feature for TLS | works | panics |
//! | `rustls::ClientConfig::builder()`, with rustls' default features | works | panics |
//! | the same, with the feature `ring` of rustls alone | panics | works |
//!
//! The remedy for each panic is to choose the provider of the process first:
//! `rustls::crypto::ring::default_provider().install_default()`, or the same with `aws_lc_rs`. This crate uses the
//! provider of the process if there is one, and needs none.

mod accessors;
#[cfg(feature = "auth")]
pub mod auth;
mod backend;
mod base_url;
#[cfg(feature = "blocking")]
mod blocking;
mod call;
mod config;
#[cfg(any(feature = "jwt", feature = "redis", feature = "webhooks"))]
mod crypto;
mod error;
mod exchange;
#[cfg(any(feature = "actix-web-4", feature = "rocket-05"))]
mod framework_headers;
mod generated;
// Documentation only: it links to items of several features.
#[cfg(all(
    any(doc, doctest),
    feature = "axum",
    feature = "actix-web",
    feature = "poem",
    feature = "redis",
    feature = "rocket",
    feature = "test-util",
    feature = "webhooks",
    feature = "chrono",
    feature = "jiff",
    feature = "time"
))]
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
    DateTime, List, Metadata, Nullable, OrderBy, ParseDateTimeError, ParseTimestampError,
    ResponseBody, Timestamp, UnknownValue, UnknownVariant,
};
