//! Cool-downs: routes that are blocked for a while because the API responded to a call with 429.

use std::borrow::Cow;
use std::collections::HashMap;
use std::time::Duration;

use http::Method;
use tokio::time::Instant;

/// How long a route is blocked if the response does not say.
const DEFAULT_COOLDOWN: Duration = Duration::from_secs(1);
/// The longest time that a route is blocked, whatever the response says: the response may be wrong, and only another
/// call can show that.
const MAX_COOLDOWN: Duration = Duration::from_secs(60);

/// How long a route is blocked after a response.
pub(super) fn cooldown_time(retry_after: Option<Duration>) -> Duration {
    let retry_after = retry_after.filter(|wait| !wait.is_zero());
    retry_after.unwrap_or(DEFAULT_COOLDOWN).min(MAX_COOLDOWN)
}

/// Identifies what a cool-down blocks: a route, for one key and in some cases for one path.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(super) struct BlockedRoute {
    pub(super) method: Method,
    pub(super) template: Cow<'static, str>,
    /// The path if the route has a limit for each path, else empty.
    pub(super) path: String,
    /// A hash of the secret key, so that the key itself is not stored.
    pub(super) key_hash: u64,
}

/// The end of each cool-down.
#[derive(Default)]
pub(super) struct Cooldowns(HashMap<BlockedRoute, Instant>);

impl Cooldowns {
    /// Blocks a route for as long as the response says. A shorter cool-down does not end a longer one.
    pub(super) fn start(
        &mut self,
        route: BlockedRoute,
        retry_after: Option<Duration>,
        now: Instant,
    ) {
        let end = now + cooldown_time(retry_after);
        let current = self.0.entry(route).or_insert(end);
        *current = end.max(*current);
    }

    /// The end of the route's cool-down, unless it has passed.
    pub(super) fn end(&self, route: &BlockedRoute, now: Instant) -> Option<Instant> {
        self.0.get(route).copied().filter(|end| *end > now)
    }

    pub(super) fn remove_expired(&mut self, now: Instant) {
        self.0.retain(|_, end| *end > now);
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::Method;
    use tokio::time::Instant;

    use super::{BlockedRoute, Cooldowns};

    const SECOND: Duration = Duration::from_secs(1);

    fn route() -> BlockedRoute {
        BlockedRoute {
            method: Method::PATCH,
            template: "/users/{user_id}".into(),
            path: "/users/user_1".to_owned(),
            key_hash: 1,
        }
    }

    #[test]
    fn a_cooldown_lasts_as_long_as_the_response_says_within_bounds() {
        for (retry_after, seconds) in [
            (Some(7), 7),
            (Some(60), 60),
            (Some(61), 60),
            (Some(u64::MAX), 60),
            (Some(0), 1),
            (None, 1),
        ] {
            let (mut cooldowns, now) = (Cooldowns::default(), Instant::now());
            cooldowns.start(route(), retry_after.map(Duration::from_secs), now);
            let end = cooldowns.end(&route(), now);
            assert_eq!(end, Some(now + seconds * SECOND), "{retry_after:?}");
        }
    }

    #[test]
    fn the_longest_cooldown_wins() {
        for seconds in [[3, 9], [9, 3]] {
            let (mut cooldowns, now) = (Cooldowns::default(), Instant::now());
            for seconds in seconds {
                cooldowns.start(route(), Some(seconds * SECOND), now);
            }
            assert_eq!(cooldowns.end(&route(), now), Some(now + 9 * SECOND));
        }
    }

    #[test]
    fn a_cooldown_expires() {
        let (mut cooldowns, now) = (Cooldowns::default(), Instant::now());
        cooldowns.start(route(), Some(3 * SECOND), now);
        cooldowns.remove_expired(now + 2 * SECOND);
        assert!(cooldowns.end(&route(), now + 2 * SECOND).is_some());
        assert!(cooldowns.end(&route(), now + 3 * SECOND).is_none());
        assert_eq!(cooldowns.len(), 1);
        cooldowns.remove_expired(now + 3 * SECOND);
        assert_eq!(cooldowns.len(), 0);
    }

    #[test]
    fn other_methods_routes_paths_and_keys_are_not_blocked() {
        let (mut cooldowns, now) = (Cooldowns::default(), Instant::now());
        cooldowns.start(route(), Some(3 * SECOND), now);
        let mut others = [route(), route(), route(), route()];
        others[0].method = Method::GET;
        others[1].template = "/users/{user_id}/metadata".into();
        others[2].path = "/users/user_2".to_owned();
        others[3].key_hash = 2;
        for other in others {
            assert!(cooldowns.end(&other, now).is_none(), "{other:?}");
        }
    }
}
