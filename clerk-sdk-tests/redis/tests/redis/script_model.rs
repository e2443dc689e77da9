//! Property tests of the script against a model, which knows when each call is sent, and when its permit comes back.

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use redis::aio::MultiplexedConnection;

use crate::redis_server::start_redis;

const SCRIPT: &str = include_str!("../../../../clerk-sdk/src/rate_limit/redis/permits.lua");
/// Times are in microseconds. They are long, as keys expire by the real clock.
const SECOND: u64 = 1_000_000;
/// The limit and the return time of each window.
const WINDOWS: [(usize, u64); 2] = [(3, 700 * SECOND), (5, 1_000 * SECOND)];
const HORIZON: u64 = 40 * SECOND;
const ATTEMPT_TIME: u64 = 900 * SECOND;
/// When the tests begin.
const START: u64 = 1_795_000_000 * SECOND;

#[derive(Clone, Debug)]
enum Action {
    Ask(usize),
    /// Gives back one of the permits in use, some time after the call ended.
    GiveBack {
        which: usize,
        ended_ago: u64,
    },
}

/// What happens, and how long after the action before.
fn actions() -> impl Strategy<Value = Vec<(u64, Action)>> {
    let ask = (1_usize..5).prop_map(Action::Ask);
    let give_back = (any::<usize>(), 0..100 * SECOND);
    let give_back = give_back.prop_map(|(which, ended_ago)| Action::GiveBack { which, ended_ago });
    prop::collection::vec((0..400 * SECOND, prop_oneof![ask, give_back]), 1..40)
}

struct ModelPermit {
    id: String,
    start: u64,
    /// When the attempt ended; at the latest if it is not known.
    end: u64,
    is_given_back: bool,
}

impl ModelPermit {
    /// Whether the API may count the call at this time, by the return time of a window.
    fn is_away(&self, time: u64, return_time: u64) -> bool {
        self.start <= time && time < self.end + return_time
    }
}

struct Simulation<'c> {
    connection: &'c mut MultiplexedConnection,
    now: u64,
    permits: Vec<ModelPermit>,
    /// Arguments for the permits to give back with the next request.
    returned: Vec<(String, &'static str, u64)>,
}

impl Simulation<'_> {
    async fn act(&mut self, elapsed: u64, action: Action) {
        self.now += elapsed;
        match action {
            Action::Ask(wanted) => self.ask(wanted).await,
            Action::GiveBack { which, ended_ago } => self.give_back(which, ended_ago),
        }
    }

    fn give_back(&mut self, which: usize, ended_ago: u64) {
        let now = self.now;
        let in_use = self.permits.iter_mut().filter(|it| !it.is_given_back);
        let mut in_use: Vec<_> = in_use.collect();
        if in_use.is_empty() {
            return;
        }
        let which = which % in_use.len();
        let permit = &mut in_use[which];
        permit.is_given_back = true;
        let (permit_use, time) = match permit.start > now {
            true => {
                // It is not sent, but nobody else gets its permit before.
                permit.end = 0;
                ("unused", permit.start)
            }
            false => {
                let end = (now - ended_ago).max(permit.start).min(permit.end);
                permit.end = end;
                ("used", end)
            }
        };
        self.returned.push((permit.id.clone(), permit_use, time));
    }

    async fn ask(&mut self, wanted: usize) {
        let prefix = format!("{}:", self.permits.len());
        let delays = self.run_script(wanted, &prefix).await;
        assert!(delays.len() <= wanted && delays.iter().all(|it| *it <= HORIZON));
        for (index, delay) in delays.iter().enumerate() {
            let start = self.now + delay;
            self.permits.push(ModelPermit {
                id: format!("{prefix}{}", index + 1),
                start,
                end: start + ATTEMPT_TIME,
                is_given_back: false,
            });
        }
        self.assert_within_limits();
        if delays.len() < wanted {
            let horizon = self.now + HORIZON;
            let is_full = |(limit, return_time)| self.away(horizon, return_time) >= limit;
            assert!(WINDOWS.into_iter().any(is_full), "a permit would be free");
        }
    }

    async fn run_script(&mut self, wanted: usize, prefix: &str) -> Vec<u64> {
        let clock = "{0, tonumber(ARGV[#ARGV])}";
        let script = SCRIPT.replacen("redis.call('TIME')", clock, 1);
        assert_ne!(script, SCRIPT, "the script reads the server's clock");
        let mut command = redis::cmd("EVAL");
        command.arg(script).arg(3).arg("{model}:cooldown");
        command.arg("{model}:0").arg("{model}:1");
        command
            .arg(wanted)
            .arg(HORIZON)
            .arg(prefix)
            .arg(ATTEMPT_TIME);
        command.arg(0).arg(0).arg(self.returned.len());
        for (limit, return_time) in WINDOWS {
            command.arg(limit).arg(return_time);
        }
        for (id, permit_use, time) in self.returned.drain(..) {
            let time = match permit_use {
                "used" => self.now - time,
                _ => time.saturating_sub(self.now),
            };
            command.arg(id).arg(permit_use).arg(time);
        }
        let response = command.arg(self.now).query_async(self.connection).await;
        let response: (u64, u64, u64, usize, Vec<String>, Vec<u64>) =
            response.expect("the script runs");
        assert_eq!((response.0, response.1), (self.now, 0));
        response.5
    }

    /// How many calls the API may count at this time.
    fn away(&self, time: u64, return_time: u64) -> usize {
        let permits = self.permits.iter();
        permits.filter(|it| it.is_away(time, return_time)).count()
    }

    /// Asserts that the API never counts more calls than a limit, now and in the near future.
    fn assert_within_limits(&self) {
        let starts = self.permits.iter().map(|permit| permit.start);
        for start in starts.filter(|start| *start >= self.now) {
            for (limit, return_time) in WINDOWS {
                assert!(self.away(start, return_time) <= limit, "at {start}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_script_grants_every_permit_that_is_free_and_no_other() {
    let redis = start_redis!();
    let connection = redis.connection().await;
    let runtime = tokio::runtime::Handle::current();
    let run = move || {
        let config = ProptestConfig {
            failure_persistence: None,
            ..ProptestConfig::with_cases(128)
        };
        TestRunner::new(config).run(&actions(), |actions| {
            runtime.block_on(async {
                let flush = redis::cmd("FLUSHALL");
                flush
                    .exec_async(&mut connection.clone())
                    .await
                    .expect("it is flushed");
                let mut simulation = Simulation {
                    connection: &mut connection.clone(),
                    now: START,
                    permits: Vec::new(),
                    returned: Vec::new(),
                };
                for (elapsed, action) in actions {
                    simulation.act(elapsed, action).await;
                }
            });
            Ok(())
        })
    };
    let result = tokio::task::spawn_blocking(run).await;
    result
        .expect("no assertion fails")
        .expect("every case passes");
}

#[tokio::test]
async fn a_clock_that_was_set_back_keeps_permits_away_for_their_return_time_only() {
    let redis = start_redis!();
    let mut connection = redis.connection().await;
    let mut simulation = Simulation {
        connection: &mut connection,
        now: START,
        permits: Vec::new(),
        returned: Vec::new(),
    };
    assert_eq!(simulation.run_script(9, "a").await.len(), 3);
    simulation.now -= 3_600 * SECOND;
    assert_eq!(simulation.run_script(9, "b").await.len(), 0);
    // The longer of the return times.
    simulation.now += 1_000 * SECOND;
    assert_eq!(simulation.run_script(9, "c").await.len(), 3);
}
