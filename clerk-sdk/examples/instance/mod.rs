//! The Clerk instance that the examples use: your own if `CLERK_SECRET_KEY` is set, or else a local emulator.
#![allow(clippy::print_stdout, reason = "examples print what they do")]
#![allow(dead_code, reason = "each example uses some of these")]

use std::io;

use clerk_emulator::Emulator;
use clerk_sdk::{Clerk, ClientConfig, RateLimit, SECRET_KEY_ENV_VAR};

pub(crate) type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

pub(crate) struct Instance {
    pub(crate) clerk: Clerk,
    /// The emulator; `None` if the example uses Clerk.
    pub(crate) emulator: Option<Emulator>,
}

impl Instance {
    pub(crate) async fn connect() -> io::Result<Self> {
        if let Ok(key) = std::env::var(SECRET_KEY_ENV_VAR) {
            println!("Using Clerk with the secret key in {SECRET_KEY_ENV_VAR}.");
            let config = ClientConfig::new(key).rate_limit(RateLimit::clerk_limits());
            return Ok(Self {
                clerk: Clerk::new(config),
                emulator: None,
            });
        }
        println!("{SECRET_KEY_ENV_VAR} is not set. Using a local emulator.");
        let emulator = Emulator::start().await?;
        let config = ClientConfig::new(emulator.key()).base_url(emulator.url());
        Ok(Self {
            clerk: Clerk::new(config),
            emulator: Some(emulator),
        })
    }
}
