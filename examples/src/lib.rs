//! What all examples share: their command line, and the Clerk instance that they use, which is a local emulator unless
//! `CLERK_SECRET_KEY` is set.

mod command_line;
mod consent;
mod instance;

pub use command_line::{Example, report};
pub use instance::Instance;

/// The result of an example.
pub type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;
