//! The metrics of calls: which there are, with which labels, and that the dashboard shows no others.

use std::collections::BTreeSet;
use std::future::Future;

use bytes::Bytes;
use clerk_sdk::{
    Backend, BackendFuture, Body, Clerk, ClientConfig, RateLimit, RedisFallback, RedisRateLimit,
    RetryBudget, RetryPolicy,
};
use metrics_util::debugging::DebuggingRecorder;

use crate::recording_backend::{BODY, HOUR};
use crate::redis_server::RedisServer;

/// Responds with 200, or with 503 to deletions.
struct SomeFail;

impl Backend for SomeFail {
    fn send(&self, request: http::Request<Bytes>) -> BackendFuture<'_> {
        let mut response = http::Response::new(Body::from(Bytes::from_static(BODY)));
        if request.method() == http::Method::DELETE {
            *response.status_mut() = http::StatusCode::SERVICE_UNAVAILABLE;
        }
        Box::pin(async { Ok(response) })
    }
}

/// Runs a future, and returns the metrics that it reports: `name{label=value,…}`.
fn metrics_of(future: impl Future<Output = ()>) -> BTreeSet<String> {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.expect("a runtime");
    metrics::with_local_recorder(&recorder, || runtime.block_on(future));
    let metrics = snapshotter.snapshot().into_vec().into_iter();
    let metrics = metrics.map(|(key, ..)| {
        let key = key.key();
        let labels = key
            .labels()
            .map(|it| format!("{}={}", it.key(), it.value()));
        let labels: Vec<_> = labels.collect();
        format!("{}{{{}}}", key.name(), labels.join(","))
    });
    metrics.collect()
}

fn config() -> ClientConfig {
    ClientConfig::new("sk_test_secret").backend(SomeFail)
}

#[test]
fn calls_are_measured_by_route_without_ids_and_keys() {
    let metrics = metrics_of(async {
        let config = config().retry_budget(RetryBudget::new().reserve(1));
        let config = config.retry(RetryPolicy::new().max_attempts(2));
        let clerk = Clerk::new(config.rate_limit(RateLimit::clerk_limits()));
        clerk.user().get("user_secret").await.expect("a response");
        for _ in 0..2 {
            let deleted = clerk.user().delete("user_secret").await;
            deleted.expect_err("503 is an error");
        }
        drop(clerk.user().get("user_secret").into_future());
    });
    let get = "method=GET,route=/users/{user_id}";
    let delete = "method=DELETE,route=/users/{user_id}";
    let expected = [
        format!("clerk_sdk_call_duration_seconds{{{get},outcome=200}}"),
        format!("clerk_sdk_call_duration_seconds{{{delete},outcome=503}}"),
        format!("clerk_sdk_rate_limit_wait_seconds{{{get},result=granted}}"),
        format!("clerk_sdk_rate_limit_wait_seconds{{{delete},result=granted}}"),
        format!("clerk_sdk_retries_total{{{delete},reason=503}}"),
        format!("clerk_sdk_retry_budget_exhausted_total{{{delete}}}"),
    ];
    assert_eq!(metrics, BTreeSet::from(expected));
}

#[test]
fn an_outage_of_redis_is_measured() {
    let metrics = metrics_of(async {
        let Some(mut redis) = RedisServer::start(&[]).await else {
            return;
        };
        let fallback = RedisFallback::OwnShare { processes: 1 };
        let limit = RedisRateLimit::new(&redis.url(), RateLimit::clerk_limits(), fallback);
        let limit = limit.expect("the URL is valid").max_delay(HOUR);
        let clerk = Clerk::new(config().rate_limit(limit));
        clerk.user().get("user_secret").await.expect("a response");
        redis.kill();
        clerk.user().get("user_secret").await.expect("a response");
    });
    if metrics.is_empty() {
        return;
    }
    for expected in [
        "clerk_sdk_redis_available{}",
        "clerk_sdk_redis_permits_total{source=redis}",
        "clerk_sdk_redis_permits_total{source=fallback}",
    ] {
        assert!(metrics.contains(expected), "{metrics:?}");
    }
}

#[test]
fn the_dashboard_shows_the_documented_metrics() {
    let guide = include_str!("../../../../clerk-sdk/src/guide/many_processes.md");
    let dashboard = include_str!("../../../../clerk-sdk/src/guide/grafana_dashboard.json");
    let dashboard: serde_json::Value = serde_json::from_str(dashboard).expect("JSON");
    let panels = dashboard["panels"].as_array().expect("panels");
    let targets = panels
        .iter()
        .flat_map(|it| it["targets"].as_array().expect("targets"));
    let mut shown = BTreeSet::new();
    for target in targets {
        let expression = target["expr"].as_str().expect("an expression");
        let words = expression.split(|char: char| !char.is_alphanumeric() && char != '_');
        let names = words.filter(|word| word.starts_with("clerk_sdk_"));
        // Prometheus adds these to the name of a histogram.
        shown.extend(names.map(|name| name.trim_end_matches("_sum").trim_end_matches("_count")));
    }
    let documented = guide
        .lines()
        .filter_map(|line| line.strip_prefix("| `clerk_sdk_"));
    let documented = documented.filter_map(|line| line.split('`').next());
    let documented: BTreeSet<_> = documented.map(|name| format!("clerk_sdk_{name}")).collect();
    let shown: BTreeSet<_> = shown.into_iter().map(str::to_owned).collect();
    assert_eq!(shown, documented);
}
