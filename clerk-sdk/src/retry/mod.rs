//! Retries: which failures are retried, after which wait, and how many retries a client may make.

mod backoff;
mod budget;
mod classification;
mod policy;

pub use policy::RetryPolicy;

pub(crate) use budget::RetryBudget;
