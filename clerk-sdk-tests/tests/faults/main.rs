//! Tests against a server that injects faults, over real sockets: every call ends within its limits, with the
//! response to its own request.

mod call_outcome;
mod client_config;
mod concurrent_calls;
mod fault_server;
mod pagination;
mod reused_connections;
mod single_calls;
