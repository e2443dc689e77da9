//! Prints the newest users with blocking calls, without async code.
//!
//! If `CLERK_SECRET_KEY` is set, the example uses Clerk. Otherwise it uses a local emulator.
//!
//! ```sh
//! cargo run -p clerk-sdk --features blocking --example blocking
//! ```
#![allow(clippy::print_stdout, reason = "examples print what they do")]

use std::error::Error;

use clerk_emulator::Emulator;
use clerk_sdk::{ClientConfig, user};

fn main() -> Result<(), Box<dyn Error>> {
    let (_emulator, client) = match std::env::var(clerk_sdk::SECRET_KEY_ENV_VAR) {
        Ok(key) => (None, user::Client::new(ClientConfig::new(key))),
        Err(_) => {
            let emulator = Emulator::start_blocking()?;
            let config = ClientConfig::new(emulator.key()).base_url(emulator.url());
            let client = user::Client::new(config);
            for name in ["Ada", "Grace", "Edith"] {
                let params = user::CreateParams::new().first_name(name);
                client.create(&params).blocking()?;
            }
            (Some(emulator), client)
        }
    };

    let total = client.count(&user::CountParams::new()).blocking()?;
    println!("There are {} users. The newest are:", total.total_count);
    let users = client.list(&user::ListParams::new()).items().blocking();
    for user in users.take(20) {
        let user = user?;
        println!("{} {}", user.id, user.first_name.unwrap_or_default());
    }
    Ok(())
}
