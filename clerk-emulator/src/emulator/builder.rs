//! Starting an emulator with options of its own.

use std::io;
use std::net::SocketAddr;
use std::path::Path;

use super::Emulator;
use crate::document::api_document::ApiDocument;
use crate::document::loading::{self, DocumentError};
use crate::store::options::InstanceOptions;

/// The address, the options and the document of an emulator that is to be started.
///
/// ```
/// use clerk_emulator::{Emulator, InstanceOptions};
///
/// let clerk = Emulator::builder()
///     .options(InstanceOptions { user_quota: Some(100), ..InstanceOptions::default() })
///     .start_blocking()?;
/// # drop(clerk);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until it starts the emulator"]
pub struct EmulatorBuilder {
    address: SocketAddr,
    options: InstanceOptions,
    document: &'static ApiDocument,
    is_paused: bool,
}

impl EmulatorBuilder {
    pub(super) fn new() -> Self {
        Self {
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            options: InstanceOptions::default(),
            document: ApiDocument::embedded(),
            is_paused: false,
        }
    }

    /// Sets the address to listen on. By default, it is a free loopback port; port 0 is any free port.
    pub fn address(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// Sets the options of the instance.
    pub fn options(mut self, options: InstanceOptions) -> Self {
        self.options = options;
        self
    }

    /// Sets the OpenAPI document by which requests are routed and checked, instead of the one that is part of this crate.
    /// It is text in JSON or, with the feature `seeds`, in YAML, as Clerk publishes it.
    ///
    /// Operations and members that the emulator does not know yet are accepted; the responses to such operations are
    /// samples. The document stays in memory until the process ends.
    ///
    /// # Errors
    ///
    /// Returns the first mistake of the document.
    pub fn document(mut self, text: &str) -> Result<Self, DocumentError> {
        self.document = loading::load(text)?;
        Ok(self)
    }

    /// Sets the OpenAPI document to that in a file, like [`document`](Self::document).
    ///
    /// # Errors
    ///
    /// Returns the first mistake of the document, or why the file cannot be read.
    pub fn document_file(self, path: impl AsRef<Path>) -> Result<Self, DocumentError> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path);
        let text = text.map_err(|error| DocumentError::new(error.to_string()));
        let with_document = text.and_then(|text| self.document(&text));
        with_document.map_err(|error| error.in_file(&path.display().to_string()))
    }

    /// Lets requests wait until [`Emulator::resume`] is called. No client sees the emulator half set up then, even if it
    /// knows the address beforehand.
    pub fn paused(mut self) -> Self {
        self.is_paused = true;
        self
    }

    /// Starts the emulator.
    ///
    /// # Errors
    ///
    /// Returns an error if the address cannot be bound or no thread can be spawned.
    pub async fn start(self) -> io::Result<Emulator> {
        // Binding a port and spawning a thread are quick enough to run on the caller's runtime.
        self.start_blocking()
    }

    /// Starts the emulator like [`start`](Self::start), without an async runtime.
    ///
    /// # Errors
    ///
    /// Returns an error if the address cannot be bound or no thread can be spawned.
    pub fn start_blocking(self) -> io::Result<Emulator> {
        let mut emulator = Emulator::run(self.address, self.options, self.document)?;
        if !self.is_paused {
            emulator.resume();
        }
        Ok(emulator)
    }
}
