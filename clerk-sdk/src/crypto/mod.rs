//! The cryptography library: aws-lc if its feature is on, as it is for rustls, or else ring.
//!
//! Both have the same functions for digests and signatures. They differ in what they can keep of an RSA key.

#[cfg(all(feature = "jwt", feature = "aws-lc-rs"))]
mod aws_lc;
#[cfg(all(feature = "jwt", feature = "ring", not(feature = "aws-lc-rs")))]
mod ring;

#[cfg(all(
    any(feature = "jwt", feature = "redis"),
    feature = "ring",
    not(feature = "aws-lc-rs")
))]
pub(crate) use ::ring::digest;
#[cfg(all(feature = "webhooks", feature = "ring", not(feature = "aws-lc-rs")))]
pub(crate) use ::ring::hmac;
#[cfg(all(feature = "test-util", feature = "aws-lc-rs"))]
pub(crate) use aws_lc::rand;
#[cfg(all(feature = "jwt", feature = "aws-lc-rs"))]
pub(crate) use aws_lc::{RsaKey, signature};
#[cfg(all(any(feature = "jwt", feature = "redis"), feature = "aws-lc-rs"))]
pub(crate) use aws_lc_rs::digest;
#[cfg(all(feature = "webhooks", feature = "aws-lc-rs"))]
pub(crate) use aws_lc_rs::hmac;
#[cfg(all(feature = "test-util", feature = "ring", not(feature = "aws-lc-rs")))]
pub(crate) use ring::rand;
#[cfg(all(feature = "jwt", feature = "ring", not(feature = "aws-lc-rs")))]
pub(crate) use ring::{RsaKey, signature};

#[cfg(not(any(feature = "aws-lc-rs", feature = "ring")))]
compile_error!(
    "the features `jwt`, `redis` and `webhooks` of clerk-sdk, and those that turn them on, need a cryptography library: enable the feature \
     `aws-lc-rs` (part of `rustls`, which is on by default) or `ring` (part of `rustls-ring`)"
);
