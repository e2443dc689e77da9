//! The Clerk instance that an example uses.

use clerk_emulator::Emulator;
use clerk_sdk::{Clerk, ClientConfig, RateLimit, SECRET_KEY_ENV_VAR};

use crate::Result;
use crate::consent::Consent;

/// Your own instance if `CLERK_SECRET_KEY` is set, or else a local emulator.
pub struct Instance {
    /// The configuration of `clerk`.
    pub config: ClientConfig,
    /// A client of the instance.
    pub clerk: Clerk,
    /// The emulator; `None` if the example uses Clerk.
    pub emulator: Option<Emulator>,
    /// The arguments of the example, without the options that all examples have.
    pub arguments: Vec<String>,
}

impl Instance {
    pub(crate) fn connect(
        changes: Option<&str>,
        consent: Consent,
        arguments: Vec<String>,
    ) -> Result<Self> {
        let (config, emulator) = match std::env::var(SECRET_KEY_ENV_VAR) {
            Ok(key) => {
                consent.check(key.trim(), changes)?;
                println!("Using Clerk with the secret key in {SECRET_KEY_ENV_VAR}.\n");
                let config = ClientConfig::new(key).rate_limit(RateLimit::clerk_limits());
                (config, None)
            }
            Err(_) => {
                println!("{SECRET_KEY_ENV_VAR} is not set. Using a local emulator.\n");
                let emulator = Emulator::start_blocking()?;
                let config = ClientConfig::new(emulator.key()).base_url(emulator.url());
                (config, Some(emulator))
            }
        };
        Ok(Self {
            clerk: Clerk::new(config.clone()),
            config,
            emulator,
            arguments,
        })
    }
}
