//! Which calls are counted together, and how many there may be.

use std::time::Duration;

use super::Asking;

/// A method and the template of a path.
type Route = (&'static str, &'static str);

/// A limit on the calls of some routes.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    /// The routes that are counted; none for all of them.
    routes: &'static [Route],
    /// Routes that are not counted.
    free: &'static [Route],
    /// Each path is counted for itself: a limit for each user.
    is_per_path: bool,
    live: u32,
    test: u32,
    pub(super) period: Duration,
}

const SHORT: Duration = Duration::from_secs(10);
const HOUR: Duration = Duration::from_secs(3600);

/// What Clerk publishes in its guide to system limits. A call waits for one after the other: what is for few routes
/// comes before what is for all.
pub(super) const PUBLISHED: [Rule; 7] = [
    Rule::some(&[("POST", "/invitations")], 100, HOUR),
    Rule::some(&[("POST", "/invitations/bulk")], 25, HOUR),
    Rule::some(
        &[("POST", "/organizations/{organization_id}/invitations")],
        250,
        HOUR,
    ),
    Rule::some(
        &[("POST", "/organizations/{organization_id}/invitations/bulk")],
        50,
        HOUR,
    ),
    Rule::some(&[("PATCH", "/users/{user_id}")], 10, SHORT).per_path(),
    Rule::some(
        &[
            ("PATCH", "/users/{user_id}/metadata"),
            ("PUT", "/users/{user_id}/metadata"),
        ],
        10,
        SHORT,
    )
    .per_path(),
    Rule {
        test: 100,
        // The second takes no key, so there is no instance that it counts against.
        free: &[("GET", "/jwks"), ("GET", "/public/interstitial")],
        ..Rule::all(1000, SHORT)
    },
];

impl Rule {
    pub(super) const fn all(calls: u32, period: Duration) -> Self {
        Self::some(&[], calls, period)
    }

    const fn some(routes: &'static [Route], calls: u32, period: Duration) -> Self {
        Self {
            routes,
            free: &[],
            is_per_path: false,
            live: calls,
            test: calls,
            period,
        }
    }

    const fn per_path(mut self) -> Self {
        self.is_per_path = true;
        self
    }

    pub(super) fn covers(&self, asking: &Asking<'_>) -> bool {
        let route = (asking.method.as_str(), asking.template);
        let is_counted = self.routes.is_empty() || self.routes.contains(&route);
        is_counted && !self.free.contains(&route)
    }

    /// The path, where it is counted for itself under this rule; else nothing.
    pub(super) fn path<'a>(&self, asking: &Asking<'a>) -> &'a str {
        if self.is_per_path { asking.path } else { "" }
    }

    /// How many calls a period may have.
    pub(super) fn calls(&self, asking: &Asking<'_>, processes: u32) -> usize {
        let calls = if asking.is_live() {
            self.live
        } else {
            self.test
        };
        usize::try_from((calls / processes).max(1)).unwrap_or(usize::MAX)
    }
}
