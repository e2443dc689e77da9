//! Wraps every request in tower layers. Here, they limit concurrency and count requests.
//!
//! If `CLERK_SECRET_KEY` is set, the example uses Clerk. Otherwise it uses a local emulator.
//!
//! ```sh
//! cargo run -p clerk-sdk --features tower --example tower_layers
//! ```
#![allow(clippy::print_stdout, reason = "examples print what they do")]

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use clerk_emulator::Emulator;
use clerk_sdk::{Body, ClientConfig, user};
use tower::ServiceBuilder;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (_emulator, config) = match std::env::var(clerk_sdk::SECRET_KEY_ENV_VAR) {
        Ok(key) => (None, ClientConfig::new(key)),
        Err(_) => {
            let emulator = Emulator::start().await?;
            let config = ClientConfig::new(emulator.key()).base_url(emulator.url());
            (Some(emulator), config)
        }
    };

    // The outermost layer comes first: requests wait for the concurrency limit, and are counted after that.
    let count = Arc::new(AtomicUsize::new(0));
    let counter = count.clone();
    let layers = ServiceBuilder::new().concurrency_limit(4).map_request(
        move |request: http::Request<Body>| {
            counter.fetch_add(1, Ordering::Relaxed);
            request
        },
    );
    let client = user::Client::new(config.layer(layers.into_inner()));

    // All calls start at once, but at most four requests are in flight at any time.
    let calls: Vec<_> = (0..20)
        .map(|_| tokio::spawn(client.count(&user::CountParams::new())))
        .collect();
    let mut total = 0;
    for call in calls {
        total = call.await??.total_count;
    }
    println!(
        "Sent {} requests. There are {total} users.",
        count.load(Ordering::Relaxed)
    );
    Ok(())
}
