//! Conformance: every operation, as the vendored document describes it, against the SDK.
//!
//! The document is the test. Instances of its schemas become arguments and answers; what arrives at a
//! server is checked against the document again, and what was decoded is compared with what was sent.
//! Only `calls` is generated: it says which method is which operation, and which setter takes what.

mod answers;
mod arguments;
mod arrived;
#[allow(deprecated, reason = "operations that the API may drop are called as well")]
#[rustfmt::skip]
mod calls;
mod compare;
mod decode;
mod evolution;
mod given;
mod hostile;
mod instance;
mod operation;
mod pattern;
mod reach;
mod refusals;
mod report;
mod schemas;
mod server;
mod spec;
mod wire;
mod wrong_types;
