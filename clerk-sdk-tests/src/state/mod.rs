//! The state of the emulated instances, with the ids and timestamps of its objects.

pub(crate) mod clock;
pub(crate) mod collection;
pub(crate) mod ids;
pub(crate) mod instance;
