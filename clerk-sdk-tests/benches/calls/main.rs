//! The cost of a call compared with `reqwest` alone on the same data: CPU time of the calling thread, without the
//! server.
//!
//! ```sh
//! cargo bench -p clerk-sdk-benches --bench calls
//! ```

mod loopback_server;
mod reqwest_baseline;
mod single_thread;
mod user_pages;

use std::hint::black_box;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use clerk_sdk::{List, types, user};
use criterion::{BenchmarkId, Criterion, Throughput};
use futures_util::future::join_all;
use reqwest_baseline::{ReqwestBaseline, client};
use serde_json::Value;
use single_thread::{current_thread_runtime, thread_cpu_time};
use tokio::runtime::Runtime;

/// The number of users that the pagination benchmark reads.
const TOTAL_USERS: u32 = 100_000;
/// The number of users per page.
const PAGE_SIZE: u32 = 500;

/// Runs `work` repeatedly on a runtime that keeps its connections open, and returns the CPU time.
fn measure_cpu_time<F: Future>(runtime: &Runtime, times: u64, work: impl Fn() -> F) -> Duration {
    runtime.block_on(async {
        let start = thread_cpu_time();
        for _ in 0..times {
            black_box(work().await);
        }
        thread_cpu_time() - start
    })
}

/// Calls with a small response, whose cost is mostly that of the SDK.
fn calls(criterion: &mut Criterion) {
    let body: Arc<str> = r#"{"object":"total_count","total_count":42}"#.into();
    let url = loopback_server::serve(move |_| body.clone());
    let baseline = ReqwestBaseline::new(format!("{url}/users/count"));
    let client = client(&url);
    let call = async || client.count(&Default::default()).await.expect("a count");
    let runtime = current_thread_runtime();
    let mut group = criterion.benchmark_group("call");
    for concurrency in [1, 64] {
        group.throughput(Throughput::Elements(concurrency));
        group.bench_function(BenchmarkId::new("reqwest, bytes", concurrency), |bencher| {
            bencher.iter_custom(|times| {
                measure_cpu_time(&runtime, times, || {
                    join_all((0..concurrency).map(|_| baseline.bytes()))
                })
            });
        });
        group.bench_function(
            BenchmarkId::new("reqwest, bytes, time limit", concurrency),
            |bencher| {
                bencher.iter_custom(|times| {
                    measure_cpu_time(&runtime, times, || {
                        join_all((0..concurrency).map(|_| baseline.bytes_with_timeout()))
                    })
                });
            },
        );
        group.bench_function(BenchmarkId::new("reqwest, types", concurrency), |bencher| {
            bencher.iter_custom(|times| {
                measure_cpu_time(&runtime, times, || {
                    join_all((0..concurrency).map(|_| baseline.json::<types::TotalCount>()))
                })
            });
        });
        group.bench_function(BenchmarkId::new("clerk-sdk", concurrency), |bencher| {
            bencher.iter_custom(|times| {
                measure_cpu_time(&runtime, times, || {
                    join_all((0..concurrency).map(|_| call()))
                })
            });
        });
    }
    group.finish();
}

/// Measures a call that returns 500 users, whose cost is mostly that of decoding.
fn large_page(criterion: &mut Criterion) {
    let page = user_pages::user_page(0, PAGE_SIZE);
    let body = page.clone();
    let url = loopback_server::serve(move |_| body.clone());
    let baseline = ReqwestBaseline::new(format!("{url}/users"));
    let client = client(&url);
    let runtime = current_thread_runtime();
    let mut group = criterion.benchmark_group("500 users");
    group.throughput(Throughput::Bytes(page.len() as u64));
    group.bench_function("decoding alone, plain JSON", |bencher| {
        bencher.iter(|| serde_json::from_str::<Value>(black_box(&page)).expect("the body is JSON"));
    });
    group.bench_function("decoding alone, types", |bencher| {
        bencher.iter(|| {
            serde_json::from_str::<List<types::User>>(black_box(&page)).expect("decoding succeeds")
        });
    });
    group.bench_function("reqwest, bytes", |bencher| {
        bencher.iter_custom(|times| measure_cpu_time(&runtime, times, || baseline.bytes()));
    });
    group.bench_function("reqwest, types", |bencher| {
        let decode = || baseline.json::<List<types::User>>();
        bencher.iter_custom(|times| measure_cpu_time(&runtime, times, decode));
    });
    group.bench_function("clerk-sdk", |bencher| {
        let call = async || client.list(&Default::default()).await.expect("a page");
        bencher.iter_custom(|times| measure_cpu_time(&runtime, times, call));
    });
    group.finish();
}

/// Measures pagination through all users of an instance.
fn pagination(criterion: &mut Criterion) {
    let pages: Vec<OnceLock<Arc<str>>> =
        vec![OnceLock::new(); (TOTAL_USERS / PAGE_SIZE) as usize + 1];
    let url = loopback_server::serve(move |line| {
        let first = first_user_number(line);
        let page = || user_pages::user_page(first, PAGE_SIZE.min(TOTAL_USERS - first));
        pages[(first / PAGE_SIZE) as usize]
            .get_or_init(page)
            .clone()
    });
    let client = client(&url);
    let runtime = current_thread_runtime();
    let mut group = criterion.benchmark_group("100,000 users");
    group.throughput(Throughput::Elements(TOTAL_USERS.into()));
    group.sample_size(10);
    group.bench_function("items", |bencher| {
        let paginate = async || {
            let params = user::ListParams::new().limit(PAGE_SIZE);
            let mut users = client.list(&params).items();
            let mut count = 0;
            while let Some(user) = users.next().await {
                black_box(user.expect("a user"));
                count += 1;
            }
            assert_eq!(count, TOTAL_USERS);
        };
        bencher.iter_custom(|times| measure_cpu_time(&runtime, times, paginate));
    });
    group.finish();
}

/// Returns the number of the first user after the cursor in a request line.
fn first_user_number(line: &str) -> u32 {
    let after = line.split("starting_after=user_").nth(1);
    let last = after.and_then(|rest| rest.split(['&', ' ']).next());
    last.map_or(0, |number| number.parse::<u32>().expect("a number") + 1)
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    calls(&mut criterion);
    large_page(&mut criterion);
    pagination(&mut criterion);
    criterion.final_summary();
}
