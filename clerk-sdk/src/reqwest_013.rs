//! Calls through your own client of reqwest 0.13, with its proxy, TLS settings and connection pool (feature
//! `reqwest-013`).
//!
//! ```
//! use clerk_sdk::reqwest_013::ReqwestBackend;
//! use clerk_sdk::{ClientConfig, user};
//!
//! let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
//! let config = ClientConfig::new("sk_test_…").backend(ReqwestBackend::new(http));
//! let users = user::Client::new(config);
//! # let _ = users;
//! # Ok::<(), reqwest::Error>(())
//! ```
//!
//! The connect timeout is that of your client; [`ClientConfig::connect_timeout`](crate::ClientConfig::connect_timeout)
//! has no effect. It asks for compressed responses if you enable a feature such as `gzip` of reqwest; the feature `gzip` of
//! this crate has no effect either. If your client follows redirects, reqwest removes the key from requests to other hosts; the default
//! client follows no redirects.

use std::fmt;

use bytes::Bytes;

use crate::backend::{self, Backend, BackendFuture};

/// Sends requests through a client of reqwest 0.13.
pub struct ReqwestBackend(backend::ReqwestBackend);

impl ReqwestBackend {
    /// Creates a backend that sends requests through `client`.
    pub fn new(client: reqwest::Client) -> Self {
        Self(backend::ReqwestBackend::with_client(client))
    }
}

impl Backend for ReqwestBackend {
    fn send(&self, request: http::Request<Bytes>) -> BackendFuture<'_> {
        self.0.send(request)
    }
}

impl fmt::Debug for ReqwestBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReqwestBackend").finish_non_exhaustive()
    }
}
