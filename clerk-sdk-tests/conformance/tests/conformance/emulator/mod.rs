//! Calls every operation of the emulator with every argument set, and checks its responses against the document.

mod arguments;
mod every_operation;
mod recording_backend;
mod world;
