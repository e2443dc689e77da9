//! The kind of subscription items, and what the time makes of them: periods follow each other, canceled items end, and
//! the free plan applies whenever nothing else does.

use crate::resources::resource::kind;
use crate::store::instance::Instance;
use crate::store::kind::Kind;
use crate::store::record::Record;

/// An item whose member `is_default` is true is that of the free plan, which a payer has without anything else.
pub(crate) const ITEM_KIND: Kind = kind(
    "commerce_subscription_item",
    "csub_item",
    &["payer_id", "plan_id"],
);

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// The length of a period that is paid for, or of a month of the free plan.
const PERIOD_MS: i64 = 30 * DAY_MS;

/// A period of an item; a free one has no end.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Period {
    pub(crate) start: i64,
    pub(crate) end: Option<i64>,
}

/// Returns the end of a period that begins now: that of a trial, or else of a month.
pub(crate) fn first_period_end(now: i64, free_trial_days: Option<i64>) -> i64 {
    let length = free_trial_days.map_or(PERIOD_MS, |days| days.saturating_mul(DAY_MS));
    now.saturating_add(length)
}

/// Returns the current period of an item, or the last one of an item that is over.
pub(crate) fn period(instance: &Instance, item: &Record) -> Period {
    let start = item.i64("period_start").unwrap_or(item.created_at);
    let Some(end) = item.i64("period_end") else {
        return Period { start, end: None };
    };
    let past = instance.now() - end;
    if past < 0 || !is_renewed(item) {
        return Period {
            start,
            end: Some(end),
        };
    }
    let start = end + past / PERIOD_MS * PERIOD_MS;
    Period {
        start,
        end: Some(start + PERIOD_MS),
    }
}

/// Returns the status of an item.
pub(crate) fn status<'i>(instance: &Instance, item: &'i Record) -> &'i str {
    if item.is("is_default") && is_renewed(item) {
        return match replacement(instance, item) {
            None => "active",
            Some("canceled") => "upcoming",
            Some(_) => "ended",
        };
    }
    ordinary_status(instance, item)
}

/// Returns whether an item is in its free trial.
pub(crate) fn is_free_trial(instance: &Instance, item: &Record) -> bool {
    let end = item.i64("period_end");
    item.is("is_free_trial") && end.is_some_and(|it| it > instance.now())
}

/// Returns the item of a payer that is not the one of the free plan, and that gives the payer its features.
pub(crate) fn live_item<'i>(instance: &'i Instance, payer_id: &str) -> Option<&'i Record> {
    let mut items = instance.all(&ITEM_KIND).with("payer_id", payer_id);
    items.rfind(|it| {
        !it.is("is_default") && matches!(ordinary_status(instance, it), "active" | "canceled")
    })
}

/// Returns the status of the item that a payer has instead of the one of the free plan.
fn replacement<'i>(instance: &'i Instance, item: &Record) -> Option<&'i str> {
    let live = live_item(instance, item.str("payer_id"));
    live.map(|it| ordinary_status(instance, it))
}

fn ordinary_status<'i>(instance: &Instance, item: &'i Record) -> &'i str {
    let end = item.i64("period_end");
    match item.str("status") {
        "" => "active",
        "canceled" if end.is_some_and(|it| it <= instance.now()) => "ended",
        status => status,
    }
}

/// Returns whether a new period follows when the current one ends.
fn is_renewed(item: &Record) -> bool {
    matches!(item.str("status"), "" | "active")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::store::clock::Clock;

    #[test]
    fn periods_follow_each_other_until_the_item_is_canceled() {
        let clock = Arc::new(Clock::default());
        let instance = Instance::new(clock.clone(), 1);
        let start = instance.now();
        let mut item = Record::new("csub_item_1", start);
        item.set("period_end", first_period_end(start, None));
        clock.advance(PERIOD_MS * 2 + DAY_MS);
        let expected = Period {
            start: start + PERIOD_MS * 2,
            end: Some(start + PERIOD_MS * 3),
        };
        assert_eq!(period(&instance, &item), expected);
        assert_eq!(status(&instance, &item), "active");
        item.set("status", "canceled");
        assert_eq!(period(&instance, &item).end, Some(start + PERIOD_MS));
        assert_eq!(status(&instance, &item), "ended");
    }
}
