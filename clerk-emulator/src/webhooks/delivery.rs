//! The delivery of events to an endpoint: one after the other, with retries by the emulator's clock.

use std::sync::Arc;
use std::time::Duration;

use super::endpoint::Endpoint;
use crate::server::service::Service;

/// How long after a failure the next attempt follows. The real schedule of Svix takes more than a day.
const RETRY_DELAYS: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(5)];

/// Delivers the events of an instance from `first` on, until the emulator stops.
pub(crate) async fn deliver(
    service: Arc<Service>,
    secret_key: String,
    endpoint: Endpoint,
    first: usize,
) {
    let mut changes = service.changes();
    let mut next = first;
    loop {
        match service.event(&secret_key, next) {
            Some((number, event)) => {
                for delay in RETRY_DELAYS.iter().map(Some).chain([None]) {
                    let now = service.clock.now();
                    if endpoint.post(&event, now).await {
                        break;
                    }
                    if let Some(delay) = delay {
                        wait(&service, *delay).await;
                    }
                }
                next = number + 1;
            }
            // The sender is part of the service, so it cannot be gone.
            None => drop(changes.changed().await),
        }
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
