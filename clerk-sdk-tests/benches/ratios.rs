//! The ratios that are promised, as they hold on a busy machine too: what is compared takes turns, so that both
//! meet the same moments, and the medians are compared.
//!
//! ```sh
//! cargo bench -p clerk-sdk-benches --bench ratios
//! ```

#![allow(clippy::print_stdout, reason = "the ratios are its output")]

#[path = "calls/bare.rs"]
mod bare;
#[path = "calls/server.rs"]
mod server;
#[path = "verify/token.rs"]
mod token;
#[path = "calls/users.rs"]
mod users;

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use bare::{Bare, client, current_thread, used};
use clerk_sdk::{List, types};
use futures_util::future::join_all;
use tokio::runtime::Runtime;

/// How often each takes its turn.
const ROUNDS: usize = 2_000;

/// Prints what both took of this thread's CPU time, in the median, for each of so many.
fn compare(name: &str, each: u32, mut baseline: impl FnMut(), mut ours: impl FnMut()) {
    let time = |work: &mut dyn FnMut()| {
        let start = used();
        work();
        (used() - start) / each
    };
    let rounds = || (time(&mut baseline), time(&mut ours));
    let (mut bare, mut own): (Vec<_>, Vec<_>) = std::iter::repeat_with(rounds).take(ROUNDS).unzip();
    let median = |times: &mut Vec<Duration>| {
        times.sort();
        times[times.len() / 2]
    };
    let (bare, own) = (median(&mut bare), median(&mut own));
    let ratio = own.as_secs_f64() / bare.as_secs_f64();
    println!("{name:<55} {bare:>10.2?} {own:>10.2?} {ratio:>6.3}");
}

fn tokens() {
    let token = token::token();
    let bare = token::BareSignature::of(&token);
    let verifier = token::verifier();
    // Several at a time, so that the cost of reading the clock is negligible.
    const TIMES: u32 = 10;
    compare(
        "a session token, to its bare signature (1.15)",
        TIMES,
        || (0..TIMES).for_each(|_| black_box(&bare).check()),
        || {
            for _ in 0..TIMES {
                black_box(
                    verifier
                        .verify_now(black_box(&token))
                        .expect("a valid token"),
                );
            }
        },
    );
}

fn calls(runtime: &Runtime) {
    let body: Arc<str> = r#"{"object":"total_count","total_count":42}"#.into();
    let url = server::serve(move |_| body.clone());
    let bare = Bare::new(format!("{url}/users/count"));
    let client = client(&url);
    let call = async || client.count(&Default::default()).await.expect("a count");
    for at_once in [1, 8, 64] {
        let ours = || {
            black_box(runtime.block_on(join_all((0..at_once).map(|_| call()))));
        };
        let bytes = || {
            black_box(runtime.block_on(join_all((0..at_once).map(|_| bare.bytes()))));
        };
        let in_time = || {
            black_box(runtime.block_on(join_all((0..at_once).map(|_| bare.bytes_in_time()))));
        };
        let call = format!("{at_once} calls at once, to reqwest's bytes");
        compare(&format!("{call} (1.10)"), at_once, bytes, ours);
        compare(&format!("{call} with a time limit"), at_once, in_time, ours);
    }
}

fn page(runtime: &Runtime) {
    let page = users::page(0, 500);
    let url = server::serve(move |_| page.clone());
    let bare = Bare::new(format!("{url}/users"));
    let client = client(&url);
    compare(
        "500 users, to reqwest's bytes and serde_json",
        1,
        || {
            black_box(runtime.block_on(bare.read::<List<types::User>>()));
        },
        || {
            let call = async { client.list(&Default::default()).await.expect("a page") };
            black_box(runtime.block_on(call));
        },
    );
}

fn main() {
    // The bare client has no cryptography of its own.
    let provider = rustls::crypto::ring::default_provider();
    provider.install_default().expect("nothing else set one");
    let runtime = current_thread();
    println!(
        "{:<55} {:>10} {:>10} {:>6}",
        "", "bare", "clerk-sdk", "ratio"
    );
    tokens();
    calls(&runtime);
    page(&runtime);
}
