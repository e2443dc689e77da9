//! A part of the users, so that several processes can share an export.

use clerk_sdk::types::User;
use clerk_sdk::{Timestamp, user};

/// The users that were created from one time until another.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Part {
    from: Option<Timestamp>,
    /// Exclusive.
    until: Option<Timestamp>,
}

impl Part {
    pub(crate) const ALL: Self = Self {
        from: None,
        until: None,
    };

    /// One of `count` equal parts of a period, counted from 1. The first part also has the users created before the period,
    /// and the last one those created after it: the parts together contain each user once.
    pub(crate) fn new(number: u32, count: u32, from: Timestamp, until: Timestamp) -> Self {
        let bound = |index: u32| {
            let period = i128::from(until.as_millis()) - i128::from(from.as_millis());
            let offset = period * i128::from(index) / i128::from(count);
            let millis = i128::from(from.as_millis()) + offset;
            Timestamp::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
        };
        Self {
            from: (number > 1).then(|| bound(number - 1)),
            until: (number < count).then(|| bound(number)),
        }
    }

    /// Restricts a list to this part. Bounds may be inclusive or not, so the list may have a few more users.
    pub(crate) fn restrict(self, mut params: user::ListParams) -> user::ListParams {
        let before = |time: Timestamp| Timestamp::from_millis(time.as_millis() - 1);
        params.created_at_after = self.from.map(before);
        params.created_at_before = self.until;
        params
    }

    pub(crate) fn contains(self, user: &User) -> bool {
        self.from.is_none_or(|from| user.created_at >= from)
            && self.until.is_none_or(|until| user.created_at < until)
    }
}
