//! Clerk's published rate limits, which are enforced on request. Time is that of the emulator's clock.

use std::collections::{HashMap, VecDeque};

use crate::document::operation::{Operation, PathParams};
use crate::http::response::ErrorResponse;
use crate::store::options::Environment;

const SECOND_MS: i64 = 1000;
const HOUR_MS: i64 = 60 * 60 * SECOND_MS;

/// The window of the limits that are not by the hour.
const WINDOW_MS: i64 = 10 * SECOND_MS;

/// How many changes of one object are allowed in a window.
const CHANGES: usize = 10;

/// A limit of some operations.
struct Limit {
    operations: &'static [&'static str],
    /// Whether it counts the calls for each object of the path by itself.
    is_by_object: bool,
    count: usize,
    window_ms: i64,
}

const LIMITS: [Limit; 7] = [
    changes(&["UpdateUser", "UpdateUserMetadata", "ReplaceUserMetadata"]),
    changes(&[
        "UpdateOrganization",
        "MergeOrganizationMetadata",
        "ReplaceOrganizationMetadata",
    ]),
    changes(&[
        "UpdateOrganizationMembership",
        "UpdateOrganizationMembershipMetadata",
    ]),
    hourly(&["CreateInvitation"], 100),
    hourly(&["CreateBulkInvitations"], 25),
    hourly(&["CreateOrganizationInvitation"], 250),
    hourly(&["CreateOrganizationInvitationBulk"], 50),
];

const fn changes(operations: &'static [&'static str]) -> Limit {
    Limit {
        operations,
        is_by_object: true,
        count: CHANGES,
        window_ms: WINDOW_MS,
    }
}

const fn hourly(operations: &'static [&'static str], count: usize) -> Limit {
    Limit {
        operations,
        is_by_object: false,
        count,
        window_ms: HOUR_MS,
    }
}

/// The times of the calls that the limits of one secret key count.
#[derive(Debug, Default)]
pub(super) struct RateLimits {
    calls: HashMap<String, VecDeque<i64>>,
}

impl RateLimits {
    /// Counts a call, unless it exceeds a limit.
    pub(super) fn count(
        &mut self,
        operation: &Operation,
        path: &PathParams,
        environment: Environment,
        now: i64,
    ) -> Result<(), ErrorResponse> {
        if operation.id == "GetJWKS" {
            return Ok(());
        }
        let per_key = match environment {
            Environment::Development => 100,
            Environment::Production => 1000,
        };
        self.count_one("", per_key, WINDOW_MS, now)?;
        let limit = LIMITS
            .iter()
            .find(|it| it.operations.contains(&operation.id));
        let Some(limit) = limit else {
            return Ok(());
        };
        let mut bucket = limit.operations[0].to_owned();
        for (_, value) in path.iter().filter(|_| limit.is_by_object) {
            bucket.push('/');
            bucket.push_str(value);
        }
        self.count_one(&bucket, limit.count, limit.window_ms, now)
    }

    fn count_one(
        &mut self,
        bucket: &str,
        count: usize,
        window_ms: i64,
        now: i64,
    ) -> Result<(), ErrorResponse> {
        self.forget_old(now);
        let calls = self.calls.entry(bucket.to_owned()).or_default();
        // A clock that was set back must not block calls for longer than a window.
        calls.retain(|time| *time > now - window_ms && *time <= now);
        let oldest = calls.front().copied().filter(|_| calls.len() >= count);
        if let Some(oldest) = oldest {
            let left = (oldest + window_ms - now).max(1);
            let seconds = u64::try_from((left + SECOND_MS - 1) / SECOND_MS);
            return Err(ErrorResponse::too_many_requests(seconds.unwrap_or(1)));
        }
        calls.push_back(now);
        Ok(())
    }

    /// Forgets objects that were not changed for long, when there are many.
    fn forget_old(&mut self, now: i64) {
        if self.calls.len() > 10_000 {
            self.calls
                .retain(|_, calls| calls.back().is_some_and(|it| *it > now - HOUR_MS));
        }
    }
}
