//! Clerk's Backend API for Rust.
#![doc = ""]
// The README is the guide: its code blocks run as tests of this crate.
#![doc = include_str!("../../README.md")]

mod backend;
mod call;
mod config;
mod error;
#[rustfmt::skip]
mod generated;
pub mod metadata;
mod multipart;
mod request;
mod response;
mod wire;

pub use backend::{Backend, BackendError, BackendFuture};
pub use call::Call;
pub use config::{
    ClientConfig, DEFAULT_CONNECT_TIMEOUT, DEFAULT_MAX_RESPONSE_BYTES, DEFAULT_TIMEOUT,
    KEY_VARIABLE, set_config, set_key,
};
pub use error::{
    APIErrorResponse, DecodeError, Error, InvalidArgument, Result, TimeoutError, TimeoutPhase,
    TransportError,
};
pub use generated::*;
pub use multipart::File;
pub use response::Response;
#[doc(no_inline)]
pub use wire::Nullable::Null;
pub use wire::{DateTime, List, NotAnInstant, Nullable, Timestamp};
