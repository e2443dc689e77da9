//! The clock of the Redis server, compared with that of this process: if it jumps, permits come back too early or too late.

use std::time::Duration;

use tokio::time::Instant;

/// The least difference that counts as a jump: network delays are not part of it, and clocks that are adjusted slowly
/// differ by less.
const TOLERANCE: Duration = Duration::from_millis(100);
/// The difference that is tolerated for each second between two readings.
const DRIFT_PER_SECOND: Duration = Duration::from_millis(1);

/// When the server's clock was last read.
#[derive(Debug, Default)]
pub(super) struct ServerClock(Option<Reading>);

/// The server's clock showed `server` at some time between `sent` and `received`.
#[derive(Clone, Copy, Debug)]
struct Reading {
    server: Duration,
    sent: Instant,
    received: Instant,
}

impl ServerClock {
    /// Records the server's time in a response, and returns whether the clock has jumped since the last one.
    pub(super) fn has_jumped(
        &mut self,
        server: Duration,
        sent: Instant,
        received: Instant,
    ) -> bool {
        let reading = Reading {
            server,
            sent,
            received,
        };
        let last = match self.0 {
            // Responses may be seen out of order; the older one says nothing new.
            Some(last) if last.received > received => return false,
            last => last,
        };
        self.0 = Some(reading);
        last.is_some_and(|last| last.has_jumped_until(&reading))
    }

    /// Forgets the server, for a connection that may be to another one.
    pub(super) fn forget(&mut self) {
        self.0 = None;
    }
}

impl Reading {
    fn has_jumped_until(&self, next: &Self) -> bool {
        let longest = next.received.saturating_duration_since(self.sent);
        let shortest = next.sent.saturating_duration_since(self.received);
        let tolerance = TOLERANCE + DRIFT_PER_SECOND.mul_f64(longest.as_secs_f64());
        let is_early = next.server + tolerance < self.server + shortest;
        let is_late = next.server > self.server + longest + tolerance;
        is_early || is_late
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::ServerClock;

    const SECOND: Duration = Duration::from_secs(1);
    const MILLISECOND: Duration = Duration::from_millis(1);

    /// Whether the clock seems to jump if it shows `server` milliseconds more after this many milliseconds, and both
    /// responses take `latency` milliseconds.
    fn seems_to_jump(server: u32, elapsed: u32, latency: u32) -> bool {
        let (mut clock, start) = (ServerClock::default(), Instant::now());
        let received = |sent: Instant| sent + latency * MILLISECOND;
        let base = 1_000_000 * SECOND;
        assert!(!clock.has_jumped(base, start, received(start)));
        let sent = start + elapsed * MILLISECOND;
        clock.has_jumped(base + server * MILLISECOND, sent, received(sent))
    }

    #[test]
    fn a_clock_that_goes_on_or_is_adjusted_slowly_has_not_jumped() {
        for (server, elapsed, latency) in [
            (0, 0, 0),
            (1_000, 1_000, 1),
            (1_099, 1_000, 0),
            (901, 1_000, 0),
            (1_300, 1_000, 250),
            (1_003_000, 1_002_000, 0),
        ] {
            let jumps = seems_to_jump(server, elapsed, latency);
            assert!(!jumps, "{server} {elapsed} {latency}");
        }
    }

    #[test]
    fn a_clock_that_is_set_forward_or_back_has_jumped() {
        for (server, elapsed, latency) in [(1_200, 1_000, 0), (800, 1_000, 0), (3_600_000, 5, 3)] {
            let jumps = seems_to_jump(server, elapsed, latency);
            assert!(jumps, "{server} {elapsed} {latency}");
        }
    }

    #[test]
    fn responses_out_of_order_and_another_server_are_no_jumps() {
        let (mut clock, start) = (ServerClock::default(), Instant::now());
        assert!(!clock.has_jumped(5 * SECOND, start + SECOND, start + 2 * SECOND));
        assert!(!clock.has_jumped(SECOND, start, start + SECOND));
        clock.forget();
        assert!(!clock.has_jumped(SECOND, start + 3 * SECOND, start + 3 * SECOND));
    }
}
