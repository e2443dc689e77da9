//! Wraps every request in tower layers. Here, they limit concurrency and count requests.
//!
//! ```sh
//! cargo run -p examples-frameworks --example tower_layers
//! ```

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use clerk_sdk::{Body, user};
use examples::{Example, Instance, Result};
use tower::ServiceBuilder;

const EXAMPLE: Example = Example {
    name: "tower_layers",
    about: "Wraps every request in tower layers, which limit concurrency and count requests.",
    arguments: &[],
    changes: None,
};

#[tokio::main]
async fn main() -> ExitCode {
    EXAMPLE.run(count_users).await
}

async fn count_users(instance: Instance) -> Result {
    // The outermost layer comes first: requests wait for the concurrency limit, and are counted after that.
    let count = Arc::new(AtomicUsize::new(0));
    let counter = count.clone();
    let layers = ServiceBuilder::new().concurrency_limit(4).map_request(
        move |request: clerk_sdk::http::Request<Body>| {
            counter.fetch_add(1, Ordering::Relaxed);
            request
        },
    );
    let client = user::Client::new(instance.config.clone().layer(layers.into_inner()));

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
