//! The fallback is in the span of each call that uses it, and its reason is logged once.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use clerk_sdk::{RateLimit, RedisFallback, RedisRateLimit};
use tracing::field::{Field, Visit};
use tracing::span::{Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};

use crate::recording_backend::RecordingBackend;
use crate::redis_server::start_redis;

/// Records the reasons in spans and in events.
#[derive(Clone, Default)]
struct Reasons {
    in_spans: Arc<Mutex<Vec<String>>>,
    in_events: Arc<Mutex<Vec<String>>>,
}

struct Collect<'r>(&'static str, &'r Mutex<Vec<String>>);

impl Visit for Collect<'_> {
    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == self.0 {
            let mut reasons = self.1.lock().expect("the mutex is not poisoned");
            reasons.push(value.to_owned());
        }
    }
}

impl<S: Subscriber> Layer<S> for Reasons {
    fn on_record(&self, _: &Id, record: &Record<'_>, _: Context<'_, S>) {
        record.record(&mut Collect("clerk.rate_limit_fallback", &self.in_spans));
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        event.record(&mut Collect("reason", &self.in_events));
    }
}

#[tokio::test]
async fn the_reason_is_logged_once_and_is_in_the_span_of_each_call() {
    let mut redis = start_redis!();
    redis.kill();
    let reasons = Reasons::default();
    let subscriber = tracing_subscriber::registry().with(reasons.clone());
    let _guard = tracing::subscriber::set_default(subscriber);
    let fallback = RedisFallback::OwnShare { processes: 1 };
    let limit = RedisRateLimit::new(&redis.url(), RateLimit::clerk_limits(), fallback);
    let limit = limit.expect("the URL is valid");
    let clerk = RecordingBackend::default().clerk(limit.clone());
    while limit.unavailable_reason().is_none() {
        clerk.user().get("user_1").await.expect("the call is sent");
    }
    reasons.in_spans.lock().expect("not poisoned").clear();
    for _ in 0..3 {
        clerk.user().get("user_1").await.expect("the call is sent");
    }
    let expected = "no connection to Redis";
    assert_eq!(
        *reasons.in_spans.lock().expect("not poisoned"),
        [expected; 3]
    );
    assert_eq!(*reasons.in_events.lock().expect("not poisoned"), [expected]);
}
