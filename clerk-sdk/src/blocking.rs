//! Calls in programs without async: a thread of this crate's own does the waiting for them.

use std::future::pending;
use std::sync::{Mutex, PoisonError};
use std::{process, thread};

use tokio::runtime::{Builder, Handle};

use crate::call::{Answered, Prepared};
use crate::error::{InvalidArgument, TransportError};
use crate::wire::Slot;
use crate::{Call, Error, Items, List, Pages, Response, Result};

#[allow(
    private_bounds,
    reason = "what an answer can be is this crate's to say"
)]
impl<T: Slot> Call<T> {
    /// Makes the call and waits for its end, in a program without async.
    ///
    /// ```
    /// use clerk_sdk::{ClientConfig, user};
    ///
    /// # let clerk = clerk_sdk_tests::Emulator::start_blocking()?;
    /// # let config = ClientConfig::new(clerk.key()).base_url(clerk.url());
    /// let client = user::Client::new(config);
    /// let ada = client.create(&user::CreateParams::new().first_name("Ada")).blocking()?;
    /// assert_eq!(client.get(&ada.id).blocking()?.first_name.as_deref(), Some("Ada"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Inside a tokio runtime, on a thread of `spawn_blocking` too, it is [`Error::InvalidArgument`] and nothing
    /// is sent: it would block what the runtime has to do meanwhile. Await the call there.
    ///
    /// Where a [`Backend`](crate::Backend) or a layer panics, it is [`Error::Transport`], and the panic goes no
    /// further.
    pub fn blocking(self) -> Result<Response<T>> {
        let prepared = self.into_prepared().map_err(|_| {
            let reason = "it is under way already: await it";
            InvalidArgument::new("call", reason)
        })?;
        wait_for(prepared)?.decode()
    }
}

#[allow(
    private_bounds,
    reason = "what can be in a list is this crate's to say"
)]
impl<T: Slot + 'static> Items<T> {
    /// The items as an iterator, for programs without async; see [`Call::blocking`].
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

#[allow(
    private_bounds,
    reason = "what can be in a list is this crate's to say"
)]
impl<T: Slot + 'static> Pages<T> {
    /// The pages as an iterator, for programs without async; see [`Call::blocking`].
    pub fn blocking(self) -> Blocking<Self> {
        Blocking(self)
    }
}

/// [`Items`] or [`Pages`] as an iterator, which waits for each page.
#[derive(Debug)]
pub struct Blocking<S>(S);

impl<T: Slot + 'static> Iterator for Blocking<Pages<T>> {
    type Item = Result<Response<List<T>>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next_with(Call::blocking)
    }
}

impl<T: Slot + 'static> Iterator for Blocking<Items<T>> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next_with(Call::blocking)
    }
}

/// Makes a call on this crate's own runtime and waits for its end.
fn wait_for(call: Box<Prepared>) -> Result<Answered> {
    if Handle::try_current().is_ok() {
        let reason = "this is async code, which it would block: await the call instead";
        return Err(InvalidArgument::new("blocking", reason).into());
    }
    let runtime = runtime(process::id())?;
    let operation = call.request.operation.clone();
    let sending = call.send();
    // Its span belongs where the call is made, not to the thread that makes it.
    #[cfg(feature = "tracing")]
    let sending = {
        use tracing::instrument::{Instrument, WithSubscriber};
        sending.in_current_span().with_current_subscriber()
    };
    // Nothing ends a task before its time but a panic, whose message may hold anything.
    let ended = runtime.block_on(runtime.spawn(sending));
    ended.unwrap_or_else(|_| {
        Err(Error::Transport(TransportError {
            operation,
            attempts: 1,
            connect: false,
            is_in_doubt: true,
            source: "what sends the requests panicked".into(),
        }))
    })
}

/// The runtime of all blocking calls, on a thread that lives as long as the process: connections stay open from
/// call to call.
///
/// A fork of the process has the handle and not the thread, so it gets a thread of its own.
fn runtime(process: u32) -> Result<Handle> {
    static RUNTIME: Mutex<Option<(u32, Handle)>> = Mutex::new(None);

    let mut made = RUNTIME.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((of, handle)) = &*made
        && *of == process
    {
        return Ok(handle.clone());
    }
    let handle = start().map_err(|error| {
        let reason = format!("no thread to make the calls: {error}");
        InvalidArgument::new("blocking", reason)
    })?;
    *made = Some((process, handle.clone()));
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
            .expect("somebody polls it");
    }
}
