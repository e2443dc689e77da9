//! The cost of verifying a session token, compared with the signature check alone.
//!
//! The noise of the machine is as large as the difference. For a reliable ratio, see `ratios`.

mod token;

use std::hint::black_box;

use criterion::Criterion;
use token::{BareSignature, token, verifier};

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let token = token();
    let bare = BareSignature::of(&token);
    let verifier = verifier();
    let caching = verifier.clone().cache(1_000);
    let mut group = criterion.benchmark_group("session token");
    group.bench_function("bare signature", |bencher| {
        bencher.iter(|| black_box(&bare).check());
    });
    group.bench_function("verify", |bencher| {
        bencher.iter(|| {
            verifier
                .verify_cached(black_box(&token))
                .expect("the token is valid")
        });
    });
    group.bench_function("verify a cached token", |bencher| {
        bencher.iter(|| {
            caching
                .verify_cached(black_box(&token))
                .expect("the token is valid")
        });
    });
    group.finish();
    criterion.final_summary();
}
