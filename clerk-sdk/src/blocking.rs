//! Blocking calls, for programs without async: they run on a thread that this crate starts (feature `blocking`).

use std::future::pending;
use std::sync::{Mutex, PoisonError};
use std::{process, thread};

use tokio::runtime::{Builder, Handle};

use crate::call::{Call, PreparedCall, UndecodedResponse};
use crate::error::{InvalidArgument, Result, TransportError, TransportErrorKind};
use crate::exchange::AttemptHistory;
use crate::pagination::{Items, Pages};
use crate::response::Response;
use crate::wire::{List, ResponseBody};

impl<T: ResponseBody> Call<T> {
    /// Sends the call and blocks until it has completed, for programs without async.
    ///
    /// ```
    /// use clerk_sdk::{ClientConfig, user};
    ///
    /// # let clerk = clerk_emulator::Emulator::start_blocking()?;
    /// # let config = ClientConfig::new(clerk.key()).base_url(clerk.url());
    /// let client = user::Client::new(config);
    /// let ada = client.create(&user::CreateParams::new().first_name("Ada")).blocking()?;
    /// assert_eq!(client.get(&ada.id).blocking()?.first_name.as_deref(), Some("Ada"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Inside a tokio runtime, including threads of `spawn_blocking`, it fails with [`Error::InvalidArgument`], and
    /// nothing is sent: it would block the runtime. Await the call there.
    ///
    /// If a [`Backend`](crate::Backend) or a layer panics, it fails with [`Error::Transport`], and the panic does not
    /// propagate.
    ///
    /// [`Error::InvalidArgument`]: crate::Error::InvalidArgument
    /// [`Error::Transport`]: crate::Error::Transport
    pub fn blocking(self) -> Result<Response<T>> {
        self.wait()?.decode()
    }

    /// Sends the call and blocks until its response has arrived, which it does not decode.
    fn wait(self) -> Result<UndecodedResponse> {
        let prepared = self.into_prepared().map_err(|_| {
            let reason = "it has already been sent: await it";
            InvalidArgument::new("call", reason)
        })?;
        wait_for(prepared)
    }
}

impl<T: ResponseBody> Items<T> {
    /// Returns a blocking iterator over the items, for programs without async; see [`Call::blocking`].
    ///
    /// ```no_run
    /// # fn run() -> clerk_sdk::Result<()> {
    /// use clerk_sdk::user;
    ///
    /// for user in user::list(&user::ListParams::new()).items().blocking() {
    ///     println!("{}", user?.id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn blocking(self) -> Blocking<Self> {
        Blocking(self)
    }
}

impl<T: ResponseBody> Pages<T> {
    /// Returns a blocking iterator over the pages, for programs without async; see [`Call::blocking`].
    pub fn blocking(self) -> Blocking<Self> {
        Blocking(self)
    }
}

/// A blocking iterator over [`Items`] or [`Pages`].
#[derive(Debug)]
pub struct Blocking<S>(S);

impl<T: ResponseBody> Iterator for Blocking<Pages<T>> {
    type Item = Result<Response<List<T>>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next_with(Call::wait)
    }
}

impl<T: ResponseBody> Iterator for Blocking<Items<T>> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next_with(Call::wait)
    }
}

/// Sends a call on this crate's own runtime and blocks until it has completed.
fn wait_for(call: Box<PreparedCall>) -> Result<UndecodedResponse> {
    if Handle::try_current().is_ok() {
        let reason = "it would block async code: await the call instead";
        return Err(InvalidArgument::new("blocking", reason).into());
    }
    let runtime = runtime(process::id())?;
    let operation = call.request.operation.clone();
    let sending = call.send();
    // The span belongs to the caller, not to the thread that sends the call.
    #[cfg(feature = "tracing")]
    let sending = {
        use tracing::instrument::{Instrument, WithSubscriber};
        sending.in_current_span().with_current_subscriber()
    };
    // Only a panic ends a task early. Its message may contain anything, so it is not repeated.
    let result = runtime.block_on(runtime.spawn(sending));
    result.unwrap_or_else(|_| {
        let history = AttemptHistory {
            earlier_may_have_happened: true,
            ..AttemptHistory::FIRST
        };
        let error = TransportError::new(
            operation,
            history,
            TransportErrorKind::BrokenOff,
            "the backend panicked",
        );
        Err(error.into())
    })
}

/// Returns the runtime of all blocking calls. It runs on a thread that lives as long as the process, so connections
/// stay open between calls.
///
/// A fork of the process has the handle but not the thread, so it gets a thread of its own.
fn runtime(process: u32) -> Result<Handle> {
    static RUNTIME: Mutex<Option<(u32, Handle)>> = Mutex::new(None);

    let mut current = RUNTIME.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((owner, handle)) = &*current
        && *owner == process
    {
        return Ok(handle.clone());
    }
    let handle = start().map_err(|error| {
        let reason = format!("the thread for blocking calls cannot be started: {error}");
        InvalidArgument::new("blocking", reason)
    })?;
    *current = Some((process, handle.clone()));
    Ok(handle)
}

fn start() -> std::io::Result<Handle> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let handle = runtime.handle().clone();
    thread::Builder::new()
        .name("clerk-sdk".to_owned())
        .spawn(move || runtime.block_on(pending::<()>()))?;
    Ok(handle)
}

#[cfg(test)]
mod tests {
    use super::runtime;

    #[test]
    fn each_process_has_one_thread_and_a_fork_makes_its_own() {
        let own = runtime(1).expect("a thread").id();
        assert_eq!(runtime(1).expect("the same").id(), own);
        let fork = runtime(2).expect("another thread");
        assert_ne!(fork.id(), own);
        fork.block_on(fork.spawn(async {}))
            .expect("the new thread runs it");
    }
}
