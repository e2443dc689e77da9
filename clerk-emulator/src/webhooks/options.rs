//! How the events of an instance reach an endpoint: the schedule of the retries, and the order of the deliveries.

use std::time::Duration;

/// When an event that an endpoint did not accept is posted again, by the emulator's clock.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum RetrySchedule {
    /// After 1 and 5 seconds.
    #[default]
    Short,
    /// As Svix does for Clerk: after 5 seconds, 5 and 30 minutes, and 2, 5, 10 and 10 hours.
    Svix,
}

/// In which order, and how often, events are delivered. Clerk guarantees neither.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum DeliveryMode {
    /// Each event once, in order.
    #[default]
    Ordered,
    /// The events of each second in another order.
    Shuffled,
    /// Each event twice in succession.
    Doubled,
    /// All events but this many, the next ones.
    Dropped(usize),
}

/// How events reach a webhook endpoint.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct WebhookOptions {
    /// The schedule of the retries.
    pub retries: RetrySchedule,
    /// The order of the deliveries.
    pub delivery: DeliveryMode,
}

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

const SHORT: &[Duration] = &[Duration::from_secs(1), Duration::from_secs(5)];
const SVIX: &[Duration] = &[
    Duration::from_secs(5),
    Duration::from_secs(5 * MINUTE),
    Duration::from_secs(30 * MINUTE),
    Duration::from_secs(2 * HOUR),
    Duration::from_secs(5 * HOUR),
    Duration::from_secs(10 * HOUR),
    Duration::from_secs(10 * HOUR),
];

impl RetrySchedule {
    /// Returns how long after each failure the next attempt follows.
    pub(super) fn delays(self) -> &'static [Duration] {
        match self {
            Self::Short => SHORT,
            Self::Svix => SVIX,
        }
    }
}

impl WebhookOptions {
    /// Returns the default: events in order, and few retries.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the schedule of the retries.
    #[must_use]
    pub fn retries(mut self, retries: RetrySchedule) -> Self {
        self.retries = retries;
        self
    }

    /// Sets the order of the deliveries.
    #[must_use]
    pub fn delivery(mut self, delivery: DeliveryMode) -> Self {
        self.delivery = delivery;
        self
    }

    /// Reads the names that control routes have for the options.
    pub(crate) fn parse(retries: Option<&str>, delivery: Option<&str>) -> Result<Self, String> {
        let retries = match retries {
            None | Some("short") => RetrySchedule::Short,
            Some("svix") => RetrySchedule::Svix,
            Some(_) => return Err("\"retries\" must be \"short\" or \"svix\"".to_owned()),
        };
        let delivery = match delivery {
            None | Some("ordered") => DeliveryMode::Ordered,
            Some("shuffled") => DeliveryMode::Shuffled,
            Some("doubled") => DeliveryMode::Doubled,
            Some(other) => {
                let count = other.strip_prefix("drop ").and_then(|it| it.parse().ok());
                let message = "\"delivery\" must be \"ordered\", \"shuffled\", \"doubled\" or \
                               \"drop\" and a number";
                DeliveryMode::Dropped(count.ok_or(message)?)
            }
        };
        Ok(Self { retries, delivery })
    }
}
