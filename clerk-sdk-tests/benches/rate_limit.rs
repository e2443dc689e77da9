//! The CPU time that calls cost while they wait for the client's rate limit: it must grow with their number, not with
//! its square.
//!
//! ```sh
//! cargo bench -p clerk-sdk-benches --bench rate_limit
//! ```

#![allow(clippy::print_stdout, reason = "the benchmark prints the times")]

#[path = "calls/single_thread.rs"]
mod single_thread;

use std::time::Duration;

use bytes::Bytes;
use clerk_sdk::{Backend, BackendFuture, ClientConfig, RateLimit, user};
use futures_util::future::join_all;
use single_thread::{current_thread_runtime, thread_cpu_time};

/// Responds at once.
struct InstantBackend;

impl Backend for InstantBackend {
    fn send(&self, _: http::Request<Bytes>) -> BackendFuture<'_> {
        let body = Bytes::from_static(br#"{"object":"total_count","total_count":42}"#);
        Box::pin(async { Ok(http::Response::new(body.into())) })
    }
}

/// Returns the CPU time of this many calls that start at the same time.
fn cpu_time(calls: usize, config: ClientConfig) -> Duration {
    let config = config.timeout(Duration::from_secs(3600));
    let client = user::Client::new(config.backend(InstantBackend));
    let params = user::CountParams::new();
    let start = thread_cpu_time();
    let results = current_thread_runtime().block_on(join_all(
        std::iter::repeat_with(|| client.count(&params)).take(calls),
    ));
    assert!(results.iter().all(Result::is_ok), "every call succeeds");
    thread_cpu_time() - start
}

fn main() {
    let config = || ClientConfig::new("sk_test_0123456789012345678901234567890123456789");
    println!("{:<14} {:>12} {:>12}", "", "no limit", "1,000/100 ms");
    for calls in [12_500, 25_000, 50_000] {
        let limit = RateLimit::new(1_000, Duration::from_millis(100));
        let unlimited = cpu_time(calls, config());
        let limited = cpu_time(calls, config().rate_limit(limit));
        println!("{calls:>8} calls {unlimited:>12.2?} {limited:>12.2?}");
    }
}
