//! Code that several test programs share: a mock backend, a raw TCP server and the peak memory
//! usage.
#![allow(
    dead_code,
    unused_imports,
    reason = "each test program uses some of these"
)]

mod broken_off_body;
mod child_process;
mod mock_backend;
mod peak_memory;
mod raw_server;

pub(crate) use broken_off_body::broken_off_body;
pub(crate) use child_process::run_trusting;
pub(crate) use mock_backend::MockBackend;
pub(crate) use peak_memory::peak_memory;
pub(crate) use raw_server::raw_server;
