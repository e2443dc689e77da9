//! Retries: which failures are retried, after which wait, and how many retries a client may make.

mod backoff;
mod budget;
mod budget_state;
mod classification;
mod policy;

pub use budget::RetryBudget;
pub use policy::RetryPolicy;

pub(crate) use budget_state::BudgetState;
pub(crate) use policy::RetryDecision;
