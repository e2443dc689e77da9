//! What the examples talk to: Clerk with a key in the environment, without one an emulator on this machine.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]
#![allow(dead_code, reason = "each example uses its part of this")]

use std::io;

use clerk_sdk::{Clerk, ClientConfig, KEY_VARIABLE, RateLimit};
use clerk_sdk_tests::Emulator;

pub(crate) type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

pub(crate) struct Instance {
    pub(crate) clerk: Clerk,
    /// `None` where it is Clerk itself.
    pub(crate) emulator: Option<Emulator>,
}

impl Instance {
    pub(crate) async fn connect() -> io::Result<Self> {
        if let Ok(key) = std::env::var(KEY_VARIABLE) {
            println!("Talking to Clerk with the key in {KEY_VARIABLE}.");
            let config = ClientConfig::new(key).rate_limit(RateLimit::published());
            return Ok(Self {
                clerk: Clerk::new(config),
                emulator: None,
            });
        }
        println!("{KEY_VARIABLE} is not set: talking to an emulator on this machine.");
        let emulator = Emulator::start().await?;
        let config = ClientConfig::new(emulator.key()).base_url(emulator.url());
        Ok(Self {
            clerk: Clerk::new(config),
            emulator: Some(emulator),
        })
    }
}
