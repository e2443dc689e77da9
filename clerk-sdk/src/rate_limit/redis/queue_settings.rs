//! What the calls of a queue have in common.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;

use super::keys;
use super::link::Link;
use super::script::SharedWindow;
use crate::rate_limit::cooldown::BlockedRoute;
use crate::rate_limit::permits::margin;
use crate::rate_limit::rule::Quota;

pub(super) struct QueueSettings<'a> {
    pub(super) link: Arc<Link>,
    pub(super) route: &'a BlockedRoute,
    pub(super) authorization: Option<&'a HeaderValue>,
    /// The quotas of the calls, with the names of their rules.
    pub(super) rules: Vec<(String, Quota)>,
    pub(super) is_low_priority: bool,
    pub(super) max_delay: Duration,
    pub(super) max_attempt_time: Duration,
    /// How many processes use the fallback at the same time.
    pub(super) processes: usize,
}

impl QueueSettings<'_> {
    /// The windows that count the calls, with keys that have this prefix.
    pub(super) fn windows(&self, prefix: &str) -> Vec<SharedWindow> {
        let rules = self.rules.iter();
        let windows = rules.map(|(rule, quota)| SharedWindow {
            key: keys::window_key(prefix, rule, &quota.window.path),
            limit: quota.window.max_calls,
            return_time: quota.period + margin(quota.period),
        });
        windows.collect()
    }
}
