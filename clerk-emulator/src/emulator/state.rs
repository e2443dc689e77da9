//! The state as a whole: options, seeds, snapshots, keys and faults.

#[cfg(feature = "seeds")]
use std::path::Path;

use serde_json::Value;

use super::{Emulator, SECRET_KEY};
#[cfg(feature = "seeds")]
use crate::seed::{SeedDocument, SeedError};
use crate::server::faults::Fault;
use crate::store::instance::Instance;
use crate::store::options::InstanceOptions;

impl Emulator {
    /// Changes the options of the instance of [`key`](Self::key). A preset has an effect only on new instances.
    pub fn set_options(&self, options: InstanceOptions) {
        let set = |instance: &mut Instance| instance.options = options;
        self.controls.change(SECRET_KEY, set);
    }

    /// Lets other machines use the control routes, which can change everything without a key. Requests of websites are
    /// refused anyway.
    pub fn allow_remote_control(&self) {
        self.controls.open();
    }

    /// Returns the instance of [`key`](Self::key) to the state that it began with. Its options and signing keys stay, as do
    /// webhook endpoints, faults and the clock.
    pub fn reset(&self) {
        self.service.reset(SECRET_KEY);
    }

    /// Returns the whole state of the instance of [`key`](Self::key), except the clock: the records, settings, options,
    /// events and signing keys.
    pub fn snapshot(&self) -> Value {
        self.controls.snapshot(SECRET_KEY).unwrap_or_default()
    }

    /// Replaces the state of the instance of [`key`](Self::key) by that of a [`snapshot`](Self::snapshot), which may be one
    /// of another emulator.
    ///
    /// # Errors
    ///
    /// Returns what is wrong with the snapshot. The state is as before then.
    pub fn load_snapshot(&self, snapshot: &Value) -> Result<(), String> {
        self.controls.load_snapshot(SECRET_KEY, snapshot)
    }

    /// Creates what a seed has, which is text in YAML or JSON, in the instance of [`key`](Self::key).
    ///
    /// The seed has lists by the name of a resource. Each item has the members with which the API creates it, and its `id`
    /// if you want to choose it. The rules of the API apply, but nothing is announced to webhooks.
    ///
    /// ```
    /// # let clerk = clerk_emulator::Emulator::start_blocking()?;
    /// clerk.seed("
    ///     users:
    ///       - { id: user_alice, username: alice, email_address: [alice@example.com] }
    ///     organizations:
    ///       - { id: org_acme, name: Acme, created_by: user_alice }
    /// ")?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the first mistake. The state is as before then: a seed is created as a whole, or not at all.
    #[cfg(feature = "seeds")]
    pub fn seed(&self, text: &str) -> Result<(), SeedError> {
        self.controls.seed(SECRET_KEY, SeedDocument::parse(text)?)
    }

    /// Creates what the seed in a file has, like [`seed`](Self::seed).
    ///
    /// # Errors
    ///
    /// Returns the first mistake, or why the file cannot be read.
    #[cfg(feature = "seeds")]
    pub fn seed_file(&self, path: impl AsRef<Path>) -> Result<(), SeedError> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path);
        let text = text.map_err(|error| SeedError::new(None, error.to_string()));
        // The text, which may be large, is not needed any more once it is parsed.
        let seed = text.and_then(|text| SeedDocument::parse(&text));
        let seeded = seed.and_then(|it| self.controls.seed(SECRET_KEY, it));
        seeded.map_err(|error| error.in_file(&path.display().to_string()))
    }

    /// Makes a new key sign tokens from now on, and returns its id. Tokens of the old keys stay valid unless these are
    /// dropped.
    pub fn rotate_key(&self, drop_old: bool) -> String {
        let id = self.controls.rotate_key(SECRET_KEY, drop_old);
        id.unwrap_or_default()
    }

    /// Makes something go wrong with requests, whatever their secret key.
    pub fn add_fault(&self, fault: Fault) {
        self.service.add_fault(fault);
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.service.clear_faults();
    }
}
