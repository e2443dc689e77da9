//! [`RetryBudget`]: how many retries a client may make.

/// A bound on the retries of a client, which keeps an outage from multiplying its traffic; set it with
/// [`ClientConfig::retry_budget`](crate::ClientConfig::retry_budget).
///
/// A retry is paid for from the first of these that has something left:
///
/// - a share of the traffic, by default 10 %: every ten calls pay for one retry, and at most ten retries are saved up;
/// - a reserve for short interruptions, by default 1,000 retries: a moment in which every call under way fails costs no
///   call. It can be used for 8 seconds, and for another 8 once the API has responded and the reserve was not needed for
///   5 seconds. It is full again after a minute in which it was not needed.
///
/// So an interruption of up to 1,000 calls loses none that can be retried, and an outage adds little to the traffic
/// after its first ten seconds. A retry after a 429 with `Retry-After` costs nothing, and neither
/// does the first retry of a call whose connection, used by other calls before, was closed without a response.
///
/// A call that is not retried because of the budget fails with the error of its last attempt, for which
/// [`Error::is_retry_budget_exhausted`](crate::Error::is_retry_budget_exhausted) is true.
///
/// ```
/// use clerk_sdk::{ClientConfig, RetryBudget};
///
/// let small = ClientConfig::new("sk_test_…").retry_budget(RetryBudget::new().reserve(100).percent(5));
/// let unlimited = ClientConfig::new("sk_test_…").retry_budget(RetryBudget::unlimited());
/// # let _ = (small, unlimited);
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use = "a setter returns the changed value: assign it, or pass it on"]
pub struct RetryBudget {
    pub(super) reserve: u32,
    pub(super) percent: u32,
    pub(super) is_unlimited: bool,
}

impl Default for RetryBudget {
    fn default() -> Self {
        Self {
            reserve: 1000,
            percent: 10,
            is_unlimited: false,
        }
    }
}

impl RetryBudget {
    /// Creates the default budget.
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates a budget without bounds: only the [`RetryPolicy`](crate::RetryPolicy) decides.
    pub fn unlimited() -> Self {
        Self {
            is_unlimited: true,
            ..Self::default()
        }
    }

    /// Sets the reserve for short interruptions, in retries; 1,000 by default.
    pub fn reserve(mut self, retries: u32) -> Self {
        self.reserve = retries;
        self
    }

    /// Sets the share of the traffic that retries may add, in percent; 10 by default, and at most 100.
    pub fn percent(mut self, percent: u32) -> Self {
        self.percent = percent.min(100);
        self
    }
}
