//! The ratios of CPU time that the SDK guarantees. Runs of both sides alternate and their medians are compared, so that
//! the ratios are stable even on a busy machine.
//!
//! ```sh
//! cargo bench -p clerk-sdk-benches --bench ratios
//! ```

#![allow(clippy::print_stdout, reason = "the benchmark prints the ratios")]

#[path = "calls/loopback_server.rs"]
mod loopback_server;
#[path = "calls/reqwest_baseline.rs"]
mod reqwest_baseline;
#[path = "calls/single_thread.rs"]
mod single_thread;
#[path = "verify/token.rs"]
mod token;
#[path = "calls/user_pages.rs"]
mod user_pages;

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine;
use clerk_sdk::test_util::{TestWebhook, WebhookSigner};
use clerk_sdk::{List, types};
use futures_util::future::join_all;
use reqwest_baseline::{ReqwestBaseline, client};
use serde::de::IgnoredAny;
use serde_json::Value;
use single_thread::{current_thread_runtime, thread_cpu_time};
use tokio::runtime::Runtime;

/// The number of runs of each side.
const ROUNDS: usize = 2_000;

/// Prints the median CPU time of both sides and their ratio. A run consists of `operations`, whose number divides the
/// time.
fn compare(name: &str, operations: u32, mut baseline: impl FnMut(), mut ours: impl FnMut()) {
    let time = |work: &mut dyn FnMut()| {
        let start = thread_cpu_time();
        work();
        (thread_cpu_time() - start) / operations
    };
    let rounds = || (time(&mut baseline), time(&mut ours));
    let (mut baseline_times, mut our_times): (Vec<_>, Vec<_>) =
        std::iter::repeat_with(rounds).take(ROUNDS).unzip();
    let median = |times: &mut Vec<Duration>| {
        times.sort();
        times[times.len() / 2]
    };
    let (baseline, ours) = (median(&mut baseline_times), median(&mut our_times));
    let ratio = ours.as_secs_f64() / baseline.as_secs_f64();
    println!("{name:<55} {baseline:>10.2?} {ours:>10.2?} {ratio:>6.3}");
}

fn tokens() {
    let token = token::token();
    let signature_check = token::BareSignature::of(&token);
    let verifier = token::verifier();
    // Several operations per run, so that reading the clock does not affect the result.
    const OPERATIONS: u32 = 10;
    compare(
        "session token / bare signature check (1.15)",
        OPERATIONS,
        || (0..OPERATIONS).for_each(|_| black_box(&signature_check).check()),
        || {
            for _ in 0..OPERATIONS {
                black_box(
                    verifier
                        .verify_cached(black_box(&token))
                        .expect("the token is valid"),
                );
            }
        },
    );
}

fn calls(runtime: &Runtime) {
    let body: Arc<str> = r#"{"object":"total_count","total_count":42}"#.into();
    let url = loopback_server::serve(move |_| body.clone());
    let baseline = ReqwestBaseline::new(format!("{url}/users/count"));
    let client = client(&url);
    let call = async || client.count(&Default::default()).await.expect("a count");
    for concurrency in [1, 8, 64] {
        let ours = || {
            black_box(runtime.block_on(join_all((0..concurrency).map(|_| call()))));
        };
        let bytes = || {
            black_box(runtime.block_on(join_all((0..concurrency).map(|_| baseline.bytes()))));
        };
        let bytes_with_timeout = || {
            black_box(runtime.block_on(join_all(
                (0..concurrency).map(|_| baseline.bytes_with_timeout()),
            )));
        };
        let name = format!("{concurrency} concurrent calls / reqwest, bytes");
        compare(&format!("{name} (1.10)"), concurrency, bytes, ours);
        compare(
            &format!("{name}, timeout"),
            concurrency,
            bytes_with_timeout,
            ours,
        );
    }
}

/// What decoding costs, and what it would cost in other ways.
fn decoding() {
    let page = user_pages::user_page(0, 500);
    let users = || -> List<types::User> { serde_json::from_str(&page).expect("a page") };
    let decode = || drop(black_box(users()));
    let skip = || {
        black_box(serde_json::from_str::<IgnoredAny>(&page).expect("a page"));
    };
    compare("500 users, decode / skip the JSON", 1, skip, decode);
    compare("500 users, decode bytes / a string", 1, decode, || {
        let users: List<types::User> = serde_json::from_slice(page.as_bytes()).expect("a page");
        black_box(users);
    });
    compare(
        "500 users, decode and read metadata / decode",
        1,
        decode,
        || {
            for user in black_box(users()) {
                black_box(user.public_metadata.read::<Value>().expect("metadata"));
                let private = user.private_metadata.expect("metadata");
                black_box(private.read::<Value>().expect("metadata"));
            }
        },
    );
    let decoded = users();
    compare(
        "500 users, decode / clone",
        1,
        || drop(black_box(decoded.clone())),
        decode,
    );
}

fn large_page(runtime: &Runtime) {
    let page = user_pages::user_page(0, 500);
    let url = loopback_server::serve(move |_| page.clone());
    let baseline = ReqwestBaseline::new(format!("{url}/users"));
    let client = client(&url);
    compare(
        "500 users / reqwest and serde_json",
        1,
        || {
            black_box(runtime.block_on(baseline.json::<List<types::User>>()));
        },
        || {
            let call = async { client.list(&Default::default()).await.expect("a page") };
            black_box(runtime.block_on(call));
        },
    );
}

/// The baseline of [`webhooks`] decodes into these.
mod baseline_event {
    use serde::Deserialize;

    #[derive(Deserialize)]
    #[allow(dead_code, reason = "decoding the fields is what is measured")]
    pub(super) struct BaselineEvent {
        #[serde(rename = "type")]
        kind: String,
        timestamp: i64,
        instance_id: String,
        data: clerk_sdk::types::User,
    }
}

/// An event of 3 kB, compared with HMAC and `serde_json` into a typed struct.
fn webhooks() {
    let page: Value = serde_json::from_str(&user_pages::user_page(0, 1)).expect("JSON");
    let signer = WebhookSigner::generate();
    let message = signer.sign(&TestWebhook::new("user.updated", &page[0]));
    let key = &signer.secret()["whsec_".len()..];
    let key = base64::engine::general_purpose::STANDARD.decode(key);
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key.expect("base64"));
    let verifier = signer.verifier();
    let baseline = || {
        for _ in 0..10 {
            black_box(hmac::sign(&key, &message.body));
            let event = serde_json::from_slice::<baseline_event::BaselineEvent>(&message.body);
            assert!(black_box(event).is_ok());
        }
    };
    let ours = || {
        for _ in 0..10 {
            let event = verifier.verify(&message.headers, message.body.clone());
            assert!(black_box(event).is_ok());
        }
    };
    compare("webhook (HMAC and serde_json)", 10, baseline, ours);
}

fn main() {
    let runtime = current_thread_runtime();
    println!(
        "{:<55} {:>10} {:>10} {:>6}",
        "", "baseline", "clerk-sdk", "ratio"
    );
    tokens();
    webhooks();
    calls(&runtime);
    decoding();
    large_page(&runtime);
}
