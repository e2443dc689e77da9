//! Configuration: what a user sets, what clients share once it is prepared, and the defaults of the process.

mod client_config;
mod client_core;
mod client_handle;
mod in_flight;
pub(crate) mod process_defaults;
mod request_template;
#[cfg(feature = "tower")]
mod tower_layers;
mod transport;

pub use client_config::{
    ClientConfig, DEFAULT_ATTEMPT_TIMEOUT, DEFAULT_MAX_RESPONSE_BYTES, DEFAULT_TIMEOUT,
};
pub use process_defaults::{SECRET_KEY_ENV_VAR, set_config, set_key};
pub use transport::{DEFAULT_CONNECT_TIMEOUT, DEFAULT_MAX_IN_FLIGHT, DEFAULT_POOL_IDLE_TIMEOUT};

pub(crate) use client_core::ClientCore;
pub(crate) use client_handle::ClientHandle;
pub(crate) use in_flight::Slot;
