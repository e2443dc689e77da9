//! The queues that have calls of an outage to report. Until they have, no queue asks for permits, as Redis would grant
//! those that these calls have taken up.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Queues do not wait longer for the reports of others. Within this time a report has been received, or Redis is unavailable
/// again.
const LONGEST_WAIT: Duration = Duration::from_millis(500);

#[derive(Default)]
pub(super) struct OutageReports {
    missing: AtomicUsize,
    outage_ended_at: Mutex<Option<Instant>>,
}

impl OutageReports {
    /// Records that Redis is available again.
    pub(super) fn end_outage(&self, now: Instant) {
        *self.ended_at() = Some(now);
    }

    fn ended_at(&self) -> MutexGuard<'_, Option<Instant>> {
        let ended_at = self.outage_ended_at.lock();
        ended_at.unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a queue has to wait for reports of others. `own` is the one that it has to make itself.
    pub(super) fn are_awaited(&self, own: Option<&OutageReport>, now: Instant) -> bool {
        let is_recent = |at: Instant| now.saturating_duration_since(at) < LONGEST_WAIT;
        self.missing.load(Ordering::SeqCst) > usize::from(own.is_some())
            && self.ended_at().is_some_and(is_recent)
    }
}

/// A report that a queue has to make, until it is dropped.
pub(super) struct OutageReport(Arc<OutageReports>);

impl OutageReport {
    pub(super) fn new(reports: Arc<OutageReports>) -> Self {
        reports.missing.fetch_add(1, Ordering::SeqCst);
        Self(reports)
    }
}

impl Drop for OutageReport {
    fn drop(&mut self) {
        self.0.missing.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::time::Instant;

    use super::{LONGEST_WAIT, OutageReport, OutageReports};

    #[test]
    fn queues_wait_for_the_reports_of_others_for_a_while_after_an_outage() {
        let (reports, now) = (Arc::<OutageReports>::default(), Instant::now());
        let own = OutageReport::new(reports.clone());
        assert!(!reports.are_awaited(None, now), "the outage has not ended");
        reports.end_outage(now);
        assert!(reports.are_awaited(None, now));
        assert!(!reports.are_awaited(Some(&own), now));
        let other = OutageReport::new(reports.clone());
        assert!(reports.are_awaited(Some(&own), now));
        assert!(!reports.are_awaited(None, now + LONGEST_WAIT));
        drop((own, other));
        assert!(!reports.are_awaited(None, now));
    }
}
