//! The state of the emulated instances.

#[cfg(feature = "seeds")]
pub(crate) mod checkpoint;
pub(crate) mod clock;
pub(crate) mod collection;
pub(crate) mod event;
pub(crate) mod ids;
pub(crate) mod instance;
pub(crate) mod kind;
pub(crate) mod names;
pub(crate) mod options;
pub(crate) mod record;
mod snapshot;
