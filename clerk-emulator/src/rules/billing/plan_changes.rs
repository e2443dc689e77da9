//! Subscribing payers to plans, as the checkout does.

use super::payers::{of_subject, type_of, type_of_subject};
use super::{events, plans};
use crate::store::instance::Instance;
use crate::store::record::Record;
use crate::tables::active_plans::{PayerType, default_plan};
use crate::tables::billing::{ITEM, PLAN, SUBSCRIPTION, amount};
use crate::tables::subscription_items::{first_period_end, live_item, status};

/// Subscribes a user or an organization to a plan, which is given by its slug or its id, and announces that. Returns the
/// id of the subscription item; nothing if there is no such payer, or no such plan for payers of its type.
pub(crate) fn subscribe(instance: &mut Instance, subject: &str, plan: &str) -> Option<String> {
    let payer_type = type_of_subject(instance, subject)?;
    let plan = find_plan(instance, payer_type, plan)?.clone();
    let payer_id = of_subject(instance, subject);
    let is_new = subscription(instance, &payer_id).is_none();
    ensure_subscription(instance, &payer_id);
    let live = live_item(instance, &payer_id).cloned();
    if let Some(item) = &live
        && item.str("plan_id") == &*plan.id
        && status(instance, item) == "active"
    {
        return Some(item.id.to_string());
    }
    if is_new {
        events::announce_subscription(instance, "subscription.created", &payer_id);
    }
    let ended = live.map(|it| it.id.to_string());
    if let Some(id) = &ended {
        end(instance, id);
    }
    let id = match plan.is("is_default") {
        true => reactivate_default_item(instance, &payer_id)?,
        false => add_item(instance, &payer_id, &plan),
    };
    if let Some(ended) = ended {
        events::announce_item(instance, "subscriptionItem.ended", &ended);
    }
    events::announce_item(instance, "subscriptionItem.active", &id);
    let kind = match is_new {
        true => "subscription.active",
        false => "subscription.updated",
    };
    events::announce_subscription(instance, kind, &payer_id);
    Some(id)
}

/// Returns the id of a payer's subscription, after creating one to the default plan if there is none.
pub(super) fn ensure_subscription(instance: &mut Instance, payer_id: &str) -> String {
    if let Some(known) = subscription(instance, payer_id) {
        return known.id.to_string();
    }
    let plan = default_plan(instance, type_of(instance, payer_id)).cloned();
    if let Some(plan) = plan {
        add_item(instance, payer_id, &plan);
    }
    let mut record = instance.new_record(&SUBSCRIPTION);
    record.set("payer_id", payer_id);
    let id = record.id.to_string();
    instance.all_mut(&SUBSCRIPTION).insert(record);
    id
}

fn subscription<'i>(instance: &'i Instance, payer_id: &str) -> Option<&'i Record> {
    let mut known = instance.all(&SUBSCRIPTION).with("payer_id", payer_id);
    known.next()
}

fn find_plan<'i>(instance: &'i Instance, payer_type: PayerType, plan: &str) -> Option<&'i Record> {
    let mut plans = instance
        .all(&PLAN)
        .with("for_payer_type", payer_type.name());
    plans.find(|it| it.str("slug") == plan || &*it.id == plan)
}

fn add_item(instance: &mut Instance, payer_id: &str, plan: &Record) -> String {
    let price_id = plans::default_price(instance, &plan.id).map(str::to_owned);
    let mut item = instance.new_record(&ITEM);
    item.set("payer_id", payer_id);
    item.set("plan_id", plan.id.to_string());
    item.set("price_id", price_id);
    item.set("is_default", plan.is("is_default"));
    match amount(plan) > 0 {
        true => {
            let trial = plan.i64("free_trial_days");
            item.set("is_free_trial", trial.is_some());
            item.set("period_end", first_period_end(instance.now(), trial));
        }
        false => item.set("is_free", true),
    }
    let id = item.id.to_string();
    instance.all_mut(&ITEM).insert(item);
    id
}

fn end(instance: &mut Instance, item_id: &str) {
    let now = instance.now();
    instance.all_mut(&ITEM).update(item_id, |item| {
        item.set("status", "ended");
        item.set("ended_at", now);
        item.set("period_end", now);
        item.updated_at = now;
    });
}

/// Makes the item of the default plan active again, and returns its id, which stays the same for each payer.
fn reactivate_default_item(instance: &mut Instance, payer_id: &str) -> Option<String> {
    let mut items = instance.all(&ITEM).with("payer_id", payer_id);
    let id = items.find(|it| it.is("is_default"))?.id.to_string();
    drop(items);
    let now = instance.now();
    instance.all_mut(&ITEM).update(&id, |item| {
        for name in ["status", "canceled_at", "ended_at"] {
            item.remove(name);
        }
        item.updated_at = now;
    });
    Some(id)
}
