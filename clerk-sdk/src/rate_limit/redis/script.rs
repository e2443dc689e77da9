//! The script that counts permits: its arguments, and what it returns.

use std::sync::LazyLock;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{Cmd, ErrorKind, RedisResult, Script, ServerErrorKind};
use tokio::time::Instant;

const SCRIPT: &str = include_str!("permits.lua");

/// The name of the script in Redis.
static SHA1: LazyLock<String> = LazyLock::new(|| Script::new(SCRIPT).get_hash().to_owned());

/// What the script returns.
type Values = (u64, u64, u64, usize, Vec<String>, Vec<u64>);

/// A window that counts the calls of a queue.
#[derive(Debug)]
pub(super) struct SharedWindow {
    pub(super) key: String,
    pub(super) limit: usize,
    /// How long a permit stays away after it was used.
    pub(super) return_time: Duration,
}

/// A permit that is taken back.
#[derive(Debug)]
pub(super) struct Returned {
    pub(super) id: String,
    pub(super) permit_use: PermitUse,
}

/// Whether a permit was used.
#[derive(Clone, Copy, Debug)]
pub(super) enum PermitUse {
    /// The attempt started then, without a permit of Redis.
    Started(Instant),
    /// The attempt ended then.
    Ended(Instant),
    /// No request was sent; the permit would have been free then.
    Unused(Instant),
}

/// One execution of the script.
#[derive(Debug)]
pub(super) struct PermitRequest {
    pub(super) wanted: usize,
    pub(super) horizon: Duration,
    pub(super) id_prefix: String,
    pub(super) attempt_time: Duration,
    pub(super) is_low_priority: bool,
    /// A cool-down to start, or zero.
    pub(super) cooldown: Duration,
    pub(super) returned: Vec<Returned>,
}

/// What the script returned, with this process's clock.
#[derive(Debug)]
pub(super) struct PermitResponse {
    pub(super) server_time: Duration,
    /// The rest of the route's cool-down, or zero.
    pub(super) cooldown: Duration,
    /// How long to wait at least for the first permit that was not granted, if one was not.
    pub(super) least_wait: Duration,
    /// How many more permits are free.
    pub(super) free: usize,
    /// Identifies the state of each window. Another one means that Redis has lost the state.
    pub(super) generations: Vec<String>,
    /// The delay until each granted permit is free.
    pub(super) delays: Vec<Duration>,
}

/// Makes Redis keep the script, so that the first call needs one round trip like all others.
pub(super) async fn load(connection: &mut MultiplexedConnection) -> RedisResult<()> {
    let mut command = redis::cmd("SCRIPT");
    command.arg("LOAD").arg(SCRIPT).exec_async(connection).await
}

impl PermitRequest {
    pub(super) fn id(&self, index: usize) -> String {
        // The script counts from one.
        format!("{}{}", self.id_prefix, index + 1)
    }

    /// Runs the script.
    ///
    /// # Errors
    ///
    /// Fails if Redis does not run it, or if it returns anything else than the script does.
    pub(super) async fn run(
        &self,
        cooldown_key: &str,
        windows: &[SharedWindow],
        connection: &mut MultiplexedConnection,
    ) -> RedisResult<PermitResponse> {
        let now = Instant::now();
        let by_name = self.command("EVALSHA", &SHA1, cooldown_key, windows, now);
        let values: RedisResult<Values> = by_name.query_async(connection).await;
        let is_unknown = |error: &redis::RedisError| {
            error.kind() == ErrorKind::Server(ServerErrorKind::NoScript)
        };
        let values = match values {
            Err(error) if is_unknown(&error) => {
                let in_full = self.command("EVAL", SCRIPT, cooldown_key, windows, now);
                in_full.query_async(connection).await?
            }
            values => values?,
        };
        self.to_response(values, windows)
    }

    fn command(
        &self,
        name: &str,
        script: &str,
        cooldown_key: &str,
        windows: &[SharedWindow],
        now: Instant,
    ) -> Cmd {
        let mut command = redis::cmd(name);
        command.arg(script).arg(1 + windows.len()).arg(cooldown_key);
        for window in windows {
            command.arg(&window.key);
        }
        command
            .arg(self.wanted)
            .arg(micros(self.horizon))
            .arg(&self.id_prefix)
            .arg(micros(self.attempt_time))
            .arg(u8::from(self.is_low_priority))
            .arg(u64::try_from(self.cooldown.as_millis()).unwrap_or(u64::MAX))
            .arg(self.returned.len());
        for window in windows {
            command.arg(window.limit).arg(micros(window.return_time));
        }
        for Returned { id, permit_use } in &self.returned {
            let (kind, time) = match permit_use {
                PermitUse::Started(start) => ("started", now.saturating_duration_since(*start)),
                PermitUse::Ended(end) => ("used", now.saturating_duration_since(*end)),
                PermitUse::Unused(start) => ("unused", start.saturating_duration_since(now)),
            };
            command.arg(id).arg(kind).arg(micros(time));
        }
        command
    }

    /// Checks what the script returned: anyone could have replaced the server.
    fn to_response(&self, values: Values, windows: &[SharedWindow]) -> RedisResult<PermitResponse> {
        let (server_time, cooldown, least_wait, free, generations, delays) = values;
        let horizon = micros(self.horizon);
        let is_valid = generations.len() == windows.len()
            && delays.len() <= self.wanted
            && delays.iter().all(|delay| *delay <= horizon);
        if !is_valid {
            let message = "the script returned something else";
            return Err((ErrorKind::UnexpectedReturnType, message).into());
        }
        Ok(PermitResponse {
            server_time: Duration::from_micros(server_time),
            cooldown: Duration::from_millis(cooldown),
            least_wait: Duration::from_micros(least_wait),
            free,
            generations,
            delays: delays.into_iter().map(Duration::from_micros).collect(),
        })
    }
}

/// A time in microseconds. The script's numbers are exact up to 2^53, and a year is less than that.
fn micros(time: Duration) -> u64 {
    const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);
    u64::try_from(time.min(YEAR).as_micros()).unwrap_or(u64::MAX)
}
