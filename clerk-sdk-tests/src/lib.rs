//! A local emulator of Clerk's Backend API, for tests and local development.
//!
//! The emulator serves HTTP on a loopback port, keeps its state in memory and checks the secret key.
//! It stores users, organizations, memberships and both kinds of invitations, and rejects invalid requests about them
//! with the errors that Clerk returns. Every other operation returns an example response built from Clerk's OpenAPI
//! document, whatever the request contains.
//!
//! ```
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! use clerk_sdk::{ClientConfig, user};
//! use clerk_sdk_tests::Emulator;
//!
//! let clerk = Emulator::start().await?;
//! let client = user::Client::new(ClientConfig::new(clerk.key()).base_url(clerk.url()));
//! let ada = client.create(&user::CreateParams::new().first_name("Ada")).await?;
//! assert_eq!(client.get(&ada.id).await?.first_name.as_deref(), Some("Ada"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

// The layers of the emulator, from the top down: `emulator`, `server`, `routes`, `resources` and `openapi`, `state`, `http`
// and `tokens`. Each imports only the ones after it.
mod emulator;
mod http;
mod openapi;
mod resources;
mod routes;
mod server;
mod state;
mod tokens;

// Not part of the emulator: code samples of `clerk-sdk`, compiled as documentation tests.
#[cfg(doctest)]
mod doctests;

pub use emulator::Emulator;
pub use http::multipart::UploadedFile;
pub use http::request::RecordedRequest;
pub use server::stubs::StubbedResponse;
pub use tokens::signer::Signer;
