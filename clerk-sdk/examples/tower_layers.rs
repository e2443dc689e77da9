//! A layer of tower's around every call: here, at most four of them at once.
//!
//! With `CLERK_SECRET_KEY` set it asks Clerk; without, an emulator on this machine.
//!
//! ```sh
//! cargo run -p clerk-sdk --features tower --example layers
//! ```
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use clerk_sdk::{ClientConfig, user};
use clerk_sdk_tests::Emulator;
use http_body_util::Full;
use tower::ServiceBuilder;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (_emulator, config) = match std::env::var(clerk_sdk::KEY_VARIABLE) {
        Ok(key) => (None, ClientConfig::new(key)),
        Err(_) => {
            let emulator = Emulator::start().await?;
            let config = ClientConfig::new(emulator.key()).base_url(emulator.url());
            (Some(emulator), config)
        }
    };

    // From the outside in: what waits for its turn, then what is let through and counted.
    let sent = Arc::new(AtomicUsize::new(0));
    let counter = sent.clone();
    let layers = ServiceBuilder::new().concurrency_limit(4).map_request(
        move |request: http::Request<Full<Bytes>>| {
            counter.fetch_add(1, Ordering::Relaxed);
            request
        },
    );
    let client = user::Client::new(config.layer(layers.into_inner()));

    // All of these start at once; four are on their way at any time.
    let calls: Vec<_> = (0..20)
        .map(|_| tokio::spawn(client.count(&user::CountParams::new())))
        .collect();
    let mut total = 0;
    for call in calls {
        total = call.await??.total_count;
    }
    println!("{} requests; {total} users", sent.load(Ordering::Relaxed));
    Ok(())
}
