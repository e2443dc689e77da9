//! Tests of short interruptions over real connections: every call under way fails once, and the API recovers at once.

mod calls;
mod http1_server;
mod http2_server;
mod idempotent_calls;
mod interruption;
mod server;
#[path = "../support/mod.rs"]
mod support;
#[cfg(target_os = "linux")]
mod tls_calls;
mod unsafe_calls;
