//! A local emulator of Clerk's Backend API, for tests and local development.
//!
//! The emulator serves HTTP on a loopback port and keeps its state in memory. Every request is checked against Clerk's
//! OpenAPI document, and answered as Clerk does.
//!
//! ```
//! # let runtime = tokio::runtime::Builder::new_current_thread().build()?;
//! # runtime.block_on(async {
//! use clerk_emulator::Emulator;
//!
//! let clerk = Emulator::start().await?;
//! println!("{} with the key {}", clerk.url(), clerk.key());
//! # Ok::<(), std::io::Error>(())
//! # })?;
//! # Ok::<(), std::io::Error>(())
//! ```

// The layers, from the top down: `emulator`, `page`, `control`, `seed`, `webhooks`, `server`, `rules`, `resources` (and
// `sample`), `store` and `document`, `tokens`, `password_hashers`, `redaction`, `http`. Each imports only the ones after
// it.
mod control;
mod coverage;
mod document;
mod emulator;
mod http;
#[cfg(feature = "page")]
mod page;
mod password_hashers;
mod redaction;
mod resources;
mod rules;
mod sample;
#[cfg(feature = "seeds")]
mod seed;
mod server;
mod store;
mod tables;
mod tokens;
mod webhooks;

// Its samples use the SDK, so `clerk-sdk-tests` tests them.
#[cfg(all(doc, not(doctest)))]
#[doc = include_str!("../docs/testing.md")]
pub mod testing {}

#[cfg(doc)]
#[doc = include_str!("../docs/differences.md")]
pub mod differences {}

pub use coverage::Coverage;
pub use document::loading::DocumentError;
pub use emulator::{Emulator, EmulatorBuilder};
pub use http::multipart::UploadedFile;
pub use http::request::RecordedRequest;
#[cfg(feature = "seeds")]
pub use seed::SeedError;
pub use server::faults::Fault;
pub use server::request_log::RequestSummary;
pub use server::stubs::StubbedResponse;
pub use store::event::Event;
pub use store::options::{Environment, InstanceOptions, Preset};
pub use webhooks::options::{DeliveryMode, RetrySchedule, WebhookOptions};
