//! The commands, each with its arguments and a `run` function.

pub(crate) mod coverage;
pub(crate) mod drift;
pub(crate) mod dry_run;
pub(crate) mod public_api;
pub(crate) mod regen;
pub(crate) mod update;
pub(crate) mod vendor;
