//! Exponential backoff with full jitter.

use std::time::Duration;

/// The upper limit of the wait after `attempts` attempts: it doubles with each, up to `max`.
pub(super) fn limit(first: Duration, max: Duration, attempts: u32) -> Duration {
    let factor = 2_u32.saturating_pow(attempts - 1);
    first.saturating_mul(factor).min(max)
}

/// A random duration up to `limit` (full jitter), so that clients that failed together do not retry together.
pub(super) fn jitter(limit: Duration) -> Duration {
    let nanos = u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX);
    Duration::from_nanos(fastrand::u64(0..=nanos))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{jitter, limit};

    #[test]
    fn the_limit_doubles_up_to_the_maximum() {
        let (first, max) = (Duration::from_millis(250), Duration::from_secs(8));
        let limits = [1, 2, 3, 6, 7, 40].map(|attempts| limit(first, max, attempts).as_millis());
        assert_eq!(limits, [250, 500, 1000, 8000, 8000, 8000]);
    }

    #[test]
    fn jitter_stays_within_the_limit() {
        let limit = Duration::from_nanos(3);
        assert!((0..100).all(|_| jitter(limit) <= limit));
        assert_eq!(jitter(Duration::ZERO), Duration::ZERO);
    }
}
