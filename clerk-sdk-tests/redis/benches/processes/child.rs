//! One process: makes calls for a while, and prints how many microseconds each permit took.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use clerk_sdk::{
    Clerk, ClientConfig, RateLimit, RateLimitFuture, RateLimitedCall, RateLimiter, RedisFallback,
    RedisRateLimit, RetryPolicy, user,
};
use futures_util::future::join_all;
use tokio::time::{Instant, sleep, timeout_at};

use crate::{LIMIT, PERIOD};

/// How long a response takes on average.
const MEAN_LATENCY: Duration = Duration::from_millis(100);

/// How many calls a process makes.
#[derive(Clone, Copy)]
pub(crate) enum Load {
    /// As many as possible.
    Full,
    /// Its share of half of the limit.
    Half,
    /// One call a second.
    None,
}

pub(crate) struct Settings {
    pub(crate) redis: String,
    pub(crate) server: String,
    pub(crate) processes: usize,
    pub(crate) load: Load,
    pub(crate) run_time: Duration,
}

impl Settings {
    pub(crate) fn to_arguments(&self) -> [String; 5] {
        let load = match self.load {
            Load::Full => "full",
            Load::Half => "half",
            Load::None => "none",
        };
        [
            self.redis.clone(),
            self.server.clone(),
            self.processes.to_string(),
            load.to_owned(),
            self.run_time.as_secs().to_string(),
        ]
    }

    pub(crate) fn from_arguments(mut arguments: impl Iterator<Item = String>) -> Self {
        let mut next = || arguments.next().expect("the parent passes all arguments");
        Self {
            redis: next(),
            server: next(),
            processes: next().parse().expect("a number"),
            load: match &*next() {
                "full" => Load::Full,
                "half" => Load::Half,
                _ => Load::None,
            },
            run_time: Duration::from_secs(next().parse().expect("a number")),
        }
    }
}

/// Measures how long permits take.
#[derive(Clone)]
struct Measured {
    limit: RedisRateLimit,
    times: Arc<Mutex<Vec<Duration>>>,
}

impl RateLimiter for Measured {
    fn acquire<'a>(&'a self, call: RateLimitedCall<'a>, max_wait: Duration) -> RateLimitFuture<'a> {
        Box::pin(async move {
            let start = Instant::now();
            let permit = self.limit.acquire(call, max_wait).await;
            let mut times = self.times.lock().expect("no panic");
            times.push(start.elapsed());
            permit
        })
    }

    fn on_rejected(&self, call: RateLimitedCall<'_>, retry_after: Option<Duration>) {
        self.limit.on_rejected(call, retry_after);
    }
}

pub(crate) async fn run(settings: Settings) {
    let processes = u32::try_from(settings.processes).expect("not that many");
    let limits = RateLimit::new(u32::try_from(LIMIT).expect("a limit"), PERIOD);
    let fallback = RedisFallback::OwnShare { processes };
    let limit = RedisRateLimit::new(&settings.redis, limits, fallback).expect("a valid URL");
    limit.connect().await;
    let limit = Measured {
        limit,
        times: Arc::default(),
    };
    let config = ClientConfig::new("sk_live_0123456789012345678901234567890123456789")
        .base_url(format!("{}/v1", settings.server))
        .timeout(Duration::from_secs(60))
        .retry(RetryPolicy::none())
        .rate_limit(limit.clone());
    let clerk = Clerk::new(config);
    let end = Instant::now() + settings.run_time;
    let (tasks, pause) = match settings.load {
        Load::Full => (400 / settings.processes + 10, Duration::ZERO),
        Load::Half => {
            let tasks = 16_u32.div_ceil(processes);
            let pause = 2 * PERIOD * processes * tasks / u32::try_from(LIMIT).expect("a limit");
            (tasks as usize, pause.saturating_sub(MEAN_LATENCY))
        }
        Load::None => (1, Duration::from_secs(1)),
    };
    join_all((0..tasks).map(|_| call_until(&clerk, pause, end))).await;
    let times = limit.times.lock().expect("no panic");
    for time in times.iter() {
        println!("{}", time.as_micros());
    }
}

async fn call_until(clerk: &Clerk, pause: Duration, end: Instant) {
    let params = user::CountParams::new();
    while Instant::now() < end {
        // A call that waits for a permit at the end is dropped.
        let _ = timeout_at(end, clerk.user().count(&params).into_future()).await;
        sleep(pause.mul_f64(0.5 + fastrand::f64())).await;
    }
}
