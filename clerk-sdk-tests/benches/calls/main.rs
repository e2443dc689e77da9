//! What a call costs, beside bare `reqwest` on the same bytes: CPU time of the calling thread, without the server.
//!
//! ```sh
//! cargo bench -p clerk-sdk-benches --bench calls
//! ```

mod bare;
mod server;
mod users;

use std::hint::black_box;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bare::{Bare, client, current_thread, used};
use clerk_sdk::{List, types, user};
use criterion::{BenchmarkId, Criterion, Throughput};
use futures_util::future::join_all;
use serde_json::Value;
use tokio::runtime::Runtime;

/// How many users the walk passes, and how many come in a page.
const WALKED: u32 = 100_000;
const PAGE: u32 = 500;

/// Runs `work` so often, on a runtime that keeps its connections, and gives the CPU time.
fn cpu<F: Future>(runtime: &Runtime, times: u64, work: impl Fn() -> F) -> Duration {
    runtime.block_on(async {
        let start = used();
        for _ in 0..times {
            black_box(work().await);
        }
        used() - start
    })
}

/// A small answer: what is ours is the largest part here.
fn calls(criterion: &mut Criterion) {
    let body: Arc<str> = r#"{"object":"total_count","total_count":42}"#.into();
    let url = server::serve(move |_| body.clone());
    let bare = Bare::new(format!("{url}/users/count"));
    let client = client(&url);
    let call = async || client.count(&Default::default()).await.expect("a count");
    let runtime = current_thread();
    let mut group = criterion.benchmark_group("call");
    for at_once in [1, 64] {
        group.throughput(Throughput::Elements(at_once));
        group.bench_function(BenchmarkId::new("reqwest, bytes", at_once), |bencher| {
            bencher.iter_custom(|times| {
                cpu(&runtime, times, || {
                    join_all((0..at_once).map(|_| bare.bytes()))
                })
            });
        });
        group.bench_function(
            BenchmarkId::new("reqwest, bytes, time limit", at_once),
            |bencher| {
                bencher.iter_custom(|times| {
                    cpu(&runtime, times, || {
                        join_all((0..at_once).map(|_| bare.bytes_in_time()))
                    })
                });
            },
        );
        group.bench_function(BenchmarkId::new("reqwest, types", at_once), |bencher| {
            bencher.iter_custom(|times| {
                cpu(&runtime, times, || {
                    join_all((0..at_once).map(|_| bare.read::<types::TotalCount>()))
                })
            });
        });
        group.bench_function(BenchmarkId::new("clerk-sdk", at_once), |bencher| {
            bencher.iter_custom(|times| {
                cpu(&runtime, times, || join_all((0..at_once).map(|_| call())))
            });
        });
    }
    group.finish();
}

/// A page of 500 users: what decoding costs is the largest part here.
fn page(criterion: &mut Criterion) {
    let page = users::page(0, PAGE);
    let served = page.clone();
    let url = server::serve(move |_| served.clone());
    let bare = Bare::new(format!("{url}/users"));
    let client = client(&url);
    let runtime = current_thread();
    let mut group = criterion.benchmark_group("500 users");
    group.throughput(Throughput::Bytes(page.len() as u64));
    group.bench_function("decoding alone, plain JSON", |bencher| {
        bencher.iter(|| serde_json::from_str::<Value>(black_box(&page)).expect("it is JSON"));
    });
    group.bench_function("decoding alone, types", |bencher| {
        bencher.iter(|| {
            serde_json::from_str::<List<types::User>>(black_box(&page)).expect("it decodes")
        });
    });
    group.bench_function("reqwest, bytes", |bencher| {
        bencher.iter_custom(|times| cpu(&runtime, times, || bare.bytes()));
    });
    group.bench_function("reqwest, types", |bencher| {
        let read = || bare.read::<List<types::User>>();
        bencher.iter_custom(|times| cpu(&runtime, times, read));
    });
    group.bench_function("clerk-sdk", |bencher| {
        let call = async || client.list(&Default::default()).await.expect("a page");
        bencher.iter_custom(|times| cpu(&runtime, times, call));
    });
    group.finish();
}

/// The walk over all users of an instance, page after page.
fn walk(criterion: &mut Criterion) {
    let pages: Vec<OnceLock<Arc<str>>> = vec![OnceLock::new(); (WALKED / PAGE) as usize + 1];
    let url = server::serve(move |line| {
        let first = first_of(line);
        let page = || users::page(first, PAGE.min(WALKED - first));
        pages[(first / PAGE) as usize].get_or_init(page).clone()
    });
    let client = client(&url);
    let runtime = current_thread();
    let mut group = criterion.benchmark_group("100,000 users");
    group.throughput(Throughput::Elements(WALKED.into()));
    group.sample_size(10);
    group.bench_function("items", |bencher| {
        let walk = async || {
            let params = user::ListParams::new().limit(PAGE.into());
            let mut users = client.list(&params).items();
            let mut count = 0;
            while let Some(user) = users.next().await {
                black_box(user.expect("a user"));
                count += 1;
            }
            assert_eq!(count, WALKED);
        };
        bencher.iter_custom(|times| cpu(&runtime, times, walk));
    });
    group.finish();
}

/// The number of the first user that a request asks for, by its cursor.
fn first_of(line: &str) -> u32 {
    let after = line.split("starting_after=user_").nth(1);
    let last = after.and_then(|rest| rest.split(['&', ' ']).next());
    last.map_or(0, |number| number.parse::<u32>().expect("a number") + 1)
}

fn main() {
    // The bare client has no cryptography of its own.
    let provider = rustls::crypto::ring::default_provider();
    provider.install_default().expect("nothing else set one");
    let mut criterion = Criterion::default().configure_from_args();
    calls(&mut criterion);
    page(&mut criterion);
    walk(&mut criterion);
    criterion.final_summary();
}
