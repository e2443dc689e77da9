//! Calls through your own client of reqwest 0.13, with its proxy, TLS settings and connection pool (feature
//! `reqwest-013`).
//!
//! ```
//! use clerk_sdk::reqwest_013::ReqwestBackend;
//! use clerk_sdk::{ClientConfig, user};
//!
//! # rustls::crypto::ring::default_provider().install_default().ok();
//! let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
//! let config = ClientConfig::new("sk_test_…").backend(ReqwestBackend::new(http));
//! let users = user::Client::new(config);
//! # let _ = users;
//! # Ok::<(), reqwest::Error>(())
//! ```
//!
//! The connect timeout is that of your client; [`ClientConfig::connect_timeout`](crate::ClientConfig::connect_timeout)
//! has no effect. If your client follows redirects, reqwest removes the key from requests to other hosts; the default
//! client follows no redirects.

pub use crate::backend::ReqwestBackend;
