//! The connection to Redis, and whether Redis is available. While it is not, a task tries to connect again.
//!
//! The crate's connection manager is not used: it keeps a connection on which nothing is received any more.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::AsyncConnectionConfig;
use redis::aio::MultiplexedConnection;
use tokio::sync::Notify;
use tokio::sync::futures::Notified;
use tokio::time::{Instant, sleep, timeout};

use super::outage_reports::OutageReports;
use super::report::{self, Reporter};
use super::response_times::ResponseTimes;
use super::script::{self, PermitRequest, PermitResponse, SharedWindow};
use super::server_clock::ServerClock;
use super::unavailable::Unavailable;

/// How long opening a connection may take, with TLS and loading the script.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// After this time without a response, Redis counts as unavailable, unless calls may be delayed for longer.
const RESPONSE_TIMEOUT: Duration = Duration::from_millis(500);
/// No longer wait is expected, however slow Redis has been, so that calls use the fallback before it is unavailable.
const MAX_EXPECTED_WAIT: Duration = Duration::from_millis(100);
/// The pause before the first attempt to connect again. It doubles with each one.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

pub(super) struct Link {
    client: redis::Client,
    state: Mutex<State>,
    /// Held while the first connection is opened.
    connecting: tokio::sync::Mutex<()>,
    restored: Notify,
    pub(super) outage_reports: Arc<OutageReports>,
}

#[derive(Default)]
struct State {
    connection: Option<MultiplexedConnection>,
    /// How many connections there were: the failure of an earlier one says nothing about the present one.
    generation: u64,
    unavailable: Option<Unavailable>,
    is_reconnecting: bool,
    clock: ServerClock,
    response_times: ResponseTimes,
    clock_jumped: Option<Instant>,
    reporter: Reporter,
}

impl Link {
    pub(super) fn new(client: redis::Client) -> Self {
        Self {
            client,
            state: Mutex::default(),
            connecting: tokio::sync::Mutex::default(),
            restored: Notify::new(),
            outage_reports: Arc::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why Redis is not available, if it is not.
    pub(super) fn unavailable(self: &Arc<Self>) -> Option<Unavailable> {
        let unavailable = self.state().unavailable;
        if unavailable.is_some() {
            // The runtime of the task that reconnects may have ended.
            self.reconnect();
        }
        unavailable
    }

    /// How long a response may take, as others took as long lately.
    pub(super) fn expected_wait(&self) -> Duration {
        let expected = self.state().response_times.longest_expected(Instant::now());
        expected.min(MAX_EXPECTED_WAIT)
    }

    /// Whether there is a connection, so that Redis has responded to this process before.
    pub(super) fn is_connected(&self) -> bool {
        self.state().connection.is_some()
    }

    /// When the server's clock jumped, if it has.
    pub(super) fn clock_jumped(&self) -> Option<Instant> {
        self.state().clock_jumped
    }

    /// Reports that Redis has lost permits.
    pub(super) fn report_lost_permits(&self) {
        self.state().reporter.report(Unavailable::LostPermits);
    }

    /// Waits until Redis is available again.
    pub(super) fn restored(&self) -> Notified<'_> {
        self.restored.notified()
    }

    /// Runs the script.
    ///
    /// # Errors
    ///
    /// Fails if Redis does not run it in time. Redis counts as unavailable then.
    pub(super) async fn run(
        self: &Arc<Self>,
        request: &PermitRequest,
        cooldown_key: &str,
        windows: &[SharedWindow],
        max_delay: Duration,
    ) -> Result<PermitResponse, Unavailable> {
        let response_timeout = RESPONSE_TIMEOUT.max(max_delay);
        let (mut connection, generation) = match self.connection().await {
            Ok(connection) => connection,
            Err((reason, generation)) => return Err(self.fail(reason, generation)),
        };
        let sent = Instant::now();
        let response = request.run(cooldown_key, windows, &mut connection);
        let response = match timeout(response_timeout, response).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(self.fail(Unavailable::of(&error), generation)),
            Err(_) => return Err(self.fail(Unavailable::NoResponse, generation)),
        };
        let (mut state, now) = (self.state(), Instant::now());
        state.response_times.record(now - sent, now);
        if state.generation == generation && state.clock.has_jumped(response.server_time, sent, now)
        {
            state.clock_jumped = Some(now);
            state.reporter.report(Unavailable::ClockJumped);
        }
        Ok(response)
    }

    /// Opens the connection if there is none, and returns whether that is possible.
    pub(super) async fn open(self: &Arc<Self>) -> bool {
        match self.connection().await {
            Ok(_) => true,
            Err((reason, generation)) => {
                self.fail(reason, generation);
                false
            }
        }
    }

    /// Returns the connection and its number; the first call opens it.
    async fn connection(&self) -> Result<(MultiplexedConnection, u64), (Unavailable, u64)> {
        let existing = || {
            let state = self.state();
            let connection = state.connection.clone();
            connection.map(|connection| (connection, state.generation))
        };
        if let Some(existing) = existing() {
            return Ok(existing);
        }
        let _connecting = self.connecting.lock().await;
        if let Some(existing) = existing() {
            return Ok(existing);
        }
        let generation = self.state().generation;
        let connection = self.connect().await;
        let connection = connection.map_err(|reason| (reason, generation))?;
        report::set_available(true);
        Ok((connection.clone(), self.state().connected(connection)))
    }

    /// Opens a connection and makes sure that it can be used: a replica accepts a connection, but no permits.
    async fn connect(&self) -> Result<MultiplexedConnection, Unavailable> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT_TIMEOUT))
            .set_response_timeout(None);
        let connect = async {
            let connection = self
                .client
                .get_multiplexed_async_connection_with_config(&config);
            let mut connection = connection.await?;
            script::load(&mut connection).await?;
            let mut write = redis::cmd("SET");
            write.arg("clerk-sdk:connected").arg(1).arg("PX").arg(1000);
            let sent = Instant::now();
            write.exec_async(&mut connection).await?;
            let now = Instant::now();
            self.state().response_times.record(now - sent, now);
            Ok(connection)
        };
        match timeout(CONNECT_TIMEOUT, connect).await {
            Ok(connected) => connected.map_err(|error| Unavailable::connecting(&error)),
            Err(_) => Err(Unavailable::NoResponse),
        }
    }

    /// Records that a connection does not work, and returns the reason.
    fn fail(self: &Arc<Self>, reason: Unavailable, generation: u64) -> Unavailable {
        let mut state = self.state();
        if state.generation == generation {
            state.connection = None;
            if state.unavailable.replace(reason).is_none() {
                state.reporter.report(reason);
                report::set_available(false);
            }
            drop(state);
            self.reconnect();
        }
        reason
    }

    /// Starts a task that connects again, unless there is one.
    fn reconnect(self: &Arc<Self>) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        if std::mem::replace(&mut self.state().is_reconnecting, true) {
            return;
        }
        let reconnecting = Reconnecting(self.clone());
        runtime.spawn(async move {
            let link = &reconnecting.0;
            let mut pause = FIRST_PAUSE;
            loop {
                // With jitter, so that the processes do not connect at the same time.
                sleep(pause.mul_f64(0.5 + fastrand::f64() / 2.0)).await;
                match link.connect().await {
                    Ok(connection) => return link.restore(connection),
                    Err(reason) => link.state().unavailable = Some(reason),
                }
                pause = (2 * pause).min(LONGEST_PAUSE);
            }
        });
    }

    fn restore(&self, connection: MultiplexedConnection) {
        self.outage_reports.end_outage(Instant::now());
        let mut state = self.state();
        state.connected(connection);
        state.unavailable = None;
        state.reporter.report_restored();
        report::set_available(true);
        drop(state);
        self.restored.notify_waiters();
    }
}

impl State {
    /// Stores a connection and returns its number.
    fn connected(&mut self, connection: MultiplexedConnection) -> u64 {
        self.connection = Some(connection);
        self.generation += 1;
        // The connection may be to another server.
        self.clock.forget();
        self.generation
    }
}

/// Marks that a task reconnects, until it is dropped: also with its runtime.
struct Reconnecting(Arc<Link>);

impl Drop for Reconnecting {
    fn drop(&mut self) {
        self.0.state().is_reconnecting = false;
    }
}
