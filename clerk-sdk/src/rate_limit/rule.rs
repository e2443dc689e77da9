//! Rules: which calls are counted together, and how many of them are allowed in a period.

use std::time::Duration;

use super::rate_limited_call::RateLimitedCall;

/// A method and the template of a path.
pub(super) type Route = (&'static str, &'static str);

/// A limit on the calls to some routes.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    /// The routes that the rule counts; empty for all of them.
    routes: &'static [Route],
    /// The routes that the rule does not count.
    exempt: &'static [Route],
    /// Whether each path is counted separately, as for a limit per user.
    is_per_path: bool,
    /// How many calls are allowed in a period with the key of a production instance.
    live_calls: u32,
    /// How many calls are allowed in a period with any other key.
    test_calls: u32,
    period: Duration,
}

/// The limit that a rule sets for a call: at most `max_calls` of its window in any period.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Quota {
    pub(super) window: WindowKey,
    pub(super) period: Duration,
}

/// Identifies the sliding window in which a call is counted.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(super) struct WindowKey {
    /// The index of the rule.
    pub(super) rule: usize,
    /// The path if the rule counts each path separately, else empty.
    pub(super) path: String,
    /// At least one. Calls with the key of a production instance may have another limit than calls with other keys, and
    /// are then counted separately.
    pub(super) max_calls: usize,
}

impl Rule {
    pub(super) const fn for_all_routes(calls: u32, period: Duration) -> Self {
        Self::for_routes(&[], calls, period)
    }

    pub(super) const fn for_routes(routes: &'static [Route], calls: u32, period: Duration) -> Self {
        Self {
            routes,
            exempt: &[],
            is_per_path: false,
            live_calls: calls,
            test_calls: calls,
            period,
        }
    }

    /// The routes that the rule names.
    pub(super) fn named_routes(&self) -> impl Iterator<Item = &'static Route> + use<> {
        self.routes.iter().chain(self.exempt)
    }

    pub(super) const fn per_path(mut self) -> Self {
        self.is_per_path = true;
        self
    }

    pub(super) const fn except(mut self, exempt: &'static [Route]) -> Self {
        self.exempt = exempt;
        self
    }

    pub(super) const fn with_test_calls(mut self, calls: u32) -> Self {
        self.test_calls = calls;
        self
    }

    /// What the rule counts, as a string that does not depend on the limit: a window keeps its name if the limit changes.
    #[cfg(feature = "redis")]
    pub(super) fn name(&self) -> String {
        format!("{:?} {:?} {:?}", self.routes, self.exempt, self.period)
    }

    pub(super) fn covers(&self, call: &RateLimitedCall<'_>) -> bool {
        let route = (call.method.as_str(), &**call.template);
        let is_counted = self.routes.is_empty() || self.routes.contains(&route);
        is_counted && !self.exempt.contains(&route)
    }

    /// The path of the call if the rule counts each path separately, else an empty string.
    pub(super) fn counted_path<'a>(&self, call: &RateLimitedCall<'a>) -> &'a str {
        match self.is_per_path {
            true => call.path.trim_end_matches('/'),
            false => "",
        }
    }

    fn max_calls(&self, call: &RateLimitedCall<'_>, processes: u32) -> usize {
        let calls = match call.has_live_key() {
            true => self.live_calls,
            false => self.test_calls,
        };
        usize::try_from((calls / processes).max(1)).unwrap_or(usize::MAX)
    }
}

/// The quotas of all rules that cover a call, in the order of the rules, if `processes` processes share the limits.
pub(super) fn quotas(rules: &[Rule], call: &RateLimitedCall<'_>, processes: u32) -> Vec<Quota> {
    let quota = |(index, rule): (usize, &Rule)| Quota {
        window: WindowKey {
            rule: index,
            path: rule.counted_path(call).to_owned(),
            max_calls: rule.max_calls(call, processes),
        },
        period: rule.period,
    };
    let rules = rules.iter().enumerate();
    rules
        .filter(|(_, rule)| rule.covers(call))
        .map(quota)
        .collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::{HeaderValue, Method};

    use super::{Quota, Rule, quotas};
    use crate::rate_limit::rate_limited_call::RateLimitedCall;

    const MINUTE: Duration = Duration::from_secs(60);

    fn quotas_with_key(rule: &Rule, key: Option<&'static str>, processes: u32) -> Vec<Quota> {
        let authorization = key.map(HeaderValue::from_static);
        let call = RateLimitedCall {
            method: &Method::GET,
            template: &"/users/{user_id}".into(),
            path: "/users/user_1",
            authorization: authorization.as_ref(),
            is_low_priority: false,
        };
        quotas(std::slice::from_ref(rule), &call, processes)
    }

    fn quotas_of_route(
        rules: &[Rule],
        method: Method,
        template: &'static str,
        path: &str,
    ) -> Vec<Quota> {
        let call = RateLimitedCall {
            method: &method,
            template: &template.into(),
            path,
            authorization: None,
            is_low_priority: false,
        };
        quotas(rules, &call, 1)
    }

    #[test]
    fn a_rule_counts_its_own_routes() {
        let rules = [Rule::for_routes(&[("POST", "/users")], 5, MINUTE)];
        let of = |method, template| quotas_of_route(&rules, method, template, template);
        assert_eq!(of(Method::POST, "/users").len(), 1);
        assert_eq!(of(Method::GET, "/users"), []);
        assert_eq!(of(Method::POST, "/users/count"), []);
    }

    #[test]
    fn a_rule_without_routes_counts_all_that_are_not_exempt() {
        let rules = [Rule::for_all_routes(5, MINUTE).except(&[("GET", "/jwks")])];
        let of = |method, template| quotas_of_route(&rules, method, template, template);
        assert_eq!(of(Method::POST, "/users").len(), 1);
        assert_eq!(of(Method::POST, "/jwks").len(), 1);
        assert_eq!(of(Method::GET, "/jwks"), []);
    }

    #[test]
    fn a_call_has_a_quota_of_each_rule_in_their_order() {
        let rules = [
            Rule::for_routes(&[("GET", "/jwks")], 1, MINUTE),
            Rule::for_routes(&[("GET", "/users")], 2, MINUTE),
            Rule::for_all_routes(3, 2 * MINUTE),
        ];
        let quotas = quotas_of_route(&rules, Method::GET, "/users", "/users");
        let quotas = quotas
            .iter()
            .map(|it| (it.window.rule, it.window.max_calls, it.period));
        assert_eq!(
            quotas.collect::<Vec<_>>(),
            [(1, 2, MINUTE), (2, 3, 2 * MINUTE)]
        );
    }

    #[test]
    fn the_routes_of_a_rule_are_counted_together() {
        let routes = &[("PATCH", "/users/{user_id}"), ("GET", "/users")];
        let rules = [Rule::for_routes(routes, 5, MINUTE)];
        let one = quotas_of_route(&rules, Method::GET, "/users", "/users");
        for path in ["/users/user_1", "/users/user_2"] {
            let other = quotas_of_route(&rules, Method::PATCH, "/users/{user_id}", path);
            assert_eq!(one, other);
        }
    }

    #[test]
    fn a_rule_per_path_counts_each_path_separately() {
        let routes = &[("PATCH", "/users/{user_id}"), ("PUT", "/users/{user_id}")];
        let rules = [Rule::for_routes(routes, 5, MINUTE).per_path()];
        let of = |method, path| quotas_of_route(&rules, method, "/users/{user_id}", path);
        let one = of(Method::PATCH, "/users/user_1");
        assert_eq!(one, of(Method::PUT, "/users/user_1"));
        assert_ne!(one, of(Method::PATCH, "/users/user_2"));
        assert_eq!(of(Method::PATCH, "/users/user_2").len(), 1);
    }

    #[test]
    fn only_a_live_key_has_the_limit_of_a_production_instance() {
        let rule = Rule::for_all_routes(1000, MINUTE).with_test_calls(100);
        for (key, max_calls) in [
            (Some("Bearer sk_live_1"), 1000),
            (Some("Bearer sk_test_1"), 100),
            (Some("Bearer other"), 100),
            (Some("sk_live_1"), 100),
            (None, 100),
        ] {
            let quotas = quotas_with_key(&rule, key, 1);
            assert_eq!(quotas[0].window.max_calls, max_calls, "{key:?}");
        }
    }

    #[test]
    fn processes_share_a_limit_and_each_keeps_one_call() {
        let rule = Rule::for_all_routes(10, MINUTE).with_test_calls(0);
        let live = Some("Bearer sk_live_1");
        for (processes, max_calls) in [(1, 10), (3, 3), (10, 1), (11, 1), (u32::MAX, 1)] {
            let quotas = quotas_with_key(&rule, live, processes);
            assert_eq!(quotas[0].window.max_calls, max_calls, "{processes}");
        }
        assert_eq!(quotas_with_key(&rule, None, 1)[0].window.max_calls, 1);
    }
}
