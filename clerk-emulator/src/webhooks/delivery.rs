//! The delivery of events to an endpoint: one after the other, with retries by the emulator's clock.

use std::sync::Arc;
use std::time::Duration;

use super::endpoint::Endpoint;
use super::options::{DeliveryMode, RetrySchedule, WebhookOptions};
use crate::server::service::Service;
use crate::store::event::Event;

/// How long events are collected before they are shuffled.
const SHUFFLING_PERIOD: Duration = Duration::from_secs(1);

/// Delivers the events of an instance from `first` on, until the emulator stops.
pub(crate) async fn deliver(
    service: Arc<Service>,
    secret_key: String,
    endpoint: Endpoint,
    first: usize,
    options: WebhookOptions,
) {
    let mut changes = service.changes();
    let mut next = first;
    let mut to_drop = match options.delivery {
        DeliveryMode::Dropped(count) => count,
        _ => 0,
    };
    loop {
        let Some((number, event)) = service.event(&secret_key, next) else {
            // The sender is part of the service, so it cannot be gone.
            drop(changes.changed().await);
            continue;
        };
        next = number + 1;
        let mut batch = vec![event];
        match options.delivery {
            DeliveryMode::Ordered => {}
            DeliveryMode::Doubled => batch.extend_from_within(..),
            DeliveryMode::Dropped(_) if to_drop > 0 => {
                to_drop -= 1;
                batch.clear();
            }
            DeliveryMode::Dropped(_) => {}
            DeliveryMode::Shuffled => {
                wait(&service, SHUFFLING_PERIOD).await;
                while let Some((number, event)) = service.event(&secret_key, next) {
                    next = number + 1;
                    batch.push(event);
                }
                shuffle(&mut batch);
            }
        }
        for event in &batch {
            post(&service, &endpoint, event, options.retries).await;
        }
    }
}

/// Posts an event until the endpoint accepts it or the schedule of the retries ends.
async fn post(service: &Service, endpoint: &Endpoint, event: &Event, retries: RetrySchedule) {
    for delay in retries.delays().iter().map(Some).chain([None]) {
        let now = service.clock.now();
        if endpoint.post(event, now).await {
            return;
        }
        if let Some(delay) = delay {
            wait(service, *delay).await;
        }
    }
}

/// Changes the order of events, in the same way in each run. The first one is no longer first.
fn shuffle(events: &mut [Event]) {
    let seed = u64::try_from(events.len()).unwrap_or(0);
    if let [_, rest @ ..] = &mut *events {
        fastrand::Rng::with_seed(seed).shuffle(rest);
    }
    if events.len() > 1 {
        events.rotate_left(1);
    }
}

/// Waits until the emulator's clock has advanced.
async fn wait(service: &Service, delay: Duration) {
    let mut changes = service.changes();
    let delay = i64::try_from(delay.as_millis()).unwrap_or(i64::MAX);
    let end = service.clock.now().saturating_add(delay);
    loop {
        let rest = end.saturating_sub(service.clock.now());
        let Some(rest) = u64::try_from(rest).ok().filter(|it| *it > 0) else {
            return;
        };
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(rest)) => {}
            _ = changes.changed() => {}
        }
    }
}
