//! How much of a limit real processes use that share it through Redis, and how long a permit takes.
//!
//! A server enforces 1,000 calls in 10 seconds strictly, on arrival. Requests arrive, and are responded to, after a time
//! that varies. It needs `redis-server`, and about four minutes.
//!
//! ```sh
//! cargo bench -p clerk-sdk-redis-tests --bench processes
//! cargo bench -p clerk-sdk-redis-tests --bench processes -- 50 50  # only 50 busy processes
//! cargo bench -p clerk-sdk-redis-tests --bench processes -- 50  # only 50 processes that need half of the limit
//! ```

#![allow(clippy::print_stdout, reason = "the benchmark prints its results")]

mod child;
#[path = "../../tests/redis/redis_server.rs"]
#[allow(
    dead_code,
    unused_macros,
    unused_imports,
    reason = "the tests use all of it"
)]
mod redis_server;
mod strict_server;

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use child::{Load, Settings};
use redis_server::RedisServer;
use strict_server::StrictServer;
use tokio::time::Instant;

const LIMIT: usize = 1_000;
const PERIOD: Duration = Duration::from_secs(10);
const RUN_TIME: Duration = Duration::from_secs(24);

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let first = arguments.next();
    match first.as_deref() {
        Some("child") => return child::run(Settings::from_arguments(arguments)).await,
        // `cargo test --benches` only checks that it can be started.
        Some("--test") => return,
        _ => {}
    }
    let numbers = first.into_iter().chain(arguments);
    let numbers: Vec<usize> = numbers.filter_map(|it| it.parse().ok()).collect();
    let Some(redis) = RedisServer::start(&[]).await else {
        println!("redis-server is not installed");
        return;
    };
    drop(redis);
    println!(
        "{:>9} {:>5}  {:>8} {:>7} {:>8} {:>10} {:>10}",
        "processes", "busy", "arrived", "refused", "used", "median", "p99"
    );
    match numbers[..] {
        [processes, busy] => return measure_usage(processes, busy).await,
        [processes] => return measure_permits(processes).await,
        _ => {}
    }
    for (processes, busy) in [(1, 1), (8, 8), (8, 1), (50, 50), (50, 1)] {
        measure_usage(processes, busy).await;
    }
    for processes in [1, 8, 50] {
        measure_permits(processes).await;
    }
    restart(8, Load::Full, "busy").await;
    restart(8, Load::Half, "half of the limit").await;
}

/// Processes that use up the limit, of which some have nothing to do.
async fn measure_usage(processes: usize, busy: usize) {
    let redis = RedisServer::start(&[]).await.expect("it is installed");
    let server = StrictServer::start(LIMIT, PERIOD).await;
    let load = |index| if index < busy { Load::Full } else { Load::None };
    let children = spawn(&redis, &server, processes, load);
    wait(children).await;
    let (arrived, refused) = server.counts();
    let used = server.usage(RUN_TIME) * 100.0;
    println!("{processes:>9} {busy:>5}  {arrived:>8} {refused:>7} {used:>7.1}%");
}

/// Processes that need half of the limit together, so that nearly every permit is free.
async fn measure_permits(processes: usize) {
    let redis = RedisServer::start(&[]).await.expect("it is installed");
    let server = StrictServer::start(LIMIT, PERIOD).await;
    let times = wait(spawn(&redis, &server, processes, |_| Load::Half)).await;
    let (arrived, refused) = server.counts();
    let (median, p99) = median_and_p99(times);
    println!(
        "{processes:>9} {:>5}  {arrived:>8} {refused:>7} {:>8} {median:>10.2?} {p99:>10.2?}",
        "half", ""
    );
}

fn median_and_p99(mut times: Vec<Duration>) -> (Duration, Duration) {
    times.sort();
    let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize];
    (at(0.5), at(0.99))
}

/// Kills Redis, and starts it again after two seconds. Prints what arrives in each of the seconds around that.
async fn restart(processes: usize, load: Load, name: &str) {
    println!(
        "\nRedis is killed after 10 s and empty again after 12 s; {processes} processes, {name}"
    );
    let mut redis = RedisServer::start(&[]).await.expect("it is installed");
    let server = StrictServer::start(LIMIT, PERIOD).await;
    let children = spawn(&redis, &server, processes, |_| load);
    let (start, mut before) = (Instant::now(), (0, 0));
    for second in 0..RUN_TIME.as_secs() {
        match second {
            10 => redis.kill(),
            12 => drop(redis.restart().await),
            _ => {}
        }
        tokio::time::sleep_until(start + Duration::from_secs(second + 1)).await;
        let now = server.counts();
        if (7..17).contains(&second) {
            println!(
                "second {second:>3}: {:>5} arrived, {:>3} refused",
                now.0 - before.0,
                now.1 - before.1
            );
        }
        before = now;
    }
    let (median, p99) = median_and_p99(wait(children).await);
    let (arrived, refused) = server.counts();
    println!("{arrived} arrived, {refused} refused; median {median:.2?}, p99 {p99:.2?}");
}

fn spawn(
    redis: &RedisServer,
    server: &StrictServer,
    processes: usize,
    load: impl Fn(usize) -> Load,
) -> Vec<Child> {
    let program = std::env::current_exe().expect("the path of this program is known");
    let child = |index| {
        let settings = Settings {
            redis: redis.url(),
            server: server.url(),
            processes,
            load: load(index),
            run_time: RUN_TIME,
        };
        // Redis and the server have machines of their own elsewhere: here, the processes leave them the time they need.
        let mut command = Command::new("nice");
        command.args(["-n", "10"]).arg(&program);
        command.arg("child").args(settings.to_arguments());
        let child = command.stdout(Stdio::piped()).spawn();
        child.expect("the process starts")
    };
    (0..processes).map(child).collect()
}

/// Waits for the processes, and returns the times that their permits took.
async fn wait(children: Vec<Child>) -> Vec<Duration> {
    let outputs = tokio::task::spawn_blocking(|| {
        let outputs = children.into_iter().map(Child::wait_with_output);
        outputs.collect::<Vec<_>>()
    });
    let mut times = Vec::new();
    for output in outputs.await.expect("no panic") {
        let output = output.expect("the process ends");
        assert!(output.status.success(), "{}", output.status);
        let lines = String::from_utf8(output.stdout).expect("lines of numbers");
        let micros = lines.lines().map(|line| line.parse().expect("a number"));
        times.extend(micros.map(Duration::from_micros));
    }
    times
}
