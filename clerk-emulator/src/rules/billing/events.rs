//! The events of subscriptions and their items, whose objects differ from those of the API.

use serde_json::{Value, json};

use crate::resources::changes::add_event;
use crate::resources::rendering::member;
use crate::store::instance::Instance;
use crate::store::record::Record;
use crate::tables::billing::{ITEM, PLAN, SUBSCRIPTION, amount, payer_object};

/// Announces the subscription of a payer.
pub(super) fn announce_subscription(instance: &mut Instance, kind: &'static str, payer_id: &str) {
    let mut subscriptions = instance.all(&SUBSCRIPTION).with("payer_id", payer_id);
    let data = subscriptions.next().map(|it| subscription(instance, it));
    drop(subscriptions);
    if let Some(data) = data {
        add_event(instance, kind, &data, "");
    }
}

/// Announces an item of a subscription.
pub(super) fn announce_item(instance: &mut Instance, kind: &'static str, item_id: &str) {
    let record = instance.all(&ITEM).get(item_id);
    let data = record.map(|it| item(instance, it));
    if let Some(data) = data {
        add_event(instance, kind, &data, "");
    }
}

fn subscription(instance: &Instance, record: &Record) -> Value {
    let payer_id = record.str("payer_id");
    let items = instance.all(&ITEM).with("payer_id", payer_id);
    json!({
        "object": "commerce_subscription",
        "id": record.id,
        "status": member(instance, &SUBSCRIPTION, record, "status"),
        "active_at": record.created_at,
        "canceled_at": null,
        "created_at": record.created_at,
        "ended_at": null,
        "past_due_at": null,
        "updated_at": record.updated_at,
        "latest_payment_id": null,
        "payer_id": payer_id,
        "payer": payer(instance, payer_id),
        "payment_source_id": null,
        "items": items.map(|it| item(instance, it)).collect::<Value>(),
    })
}

fn item(instance: &Instance, record: &Record) -> Value {
    let value = |name| member(instance, &ITEM, record, name);
    let payer_id = record.str("payer_id");
    let mut subscriptions = instance.all(&SUBSCRIPTION).with("payer_id", payer_id);
    let plan = instance.all(&PLAN).get(record.str("plan_id"));
    json!({
        "object": "commerce_subscription_item",
        "id": record.id,
        "subscription_id": subscriptions.next().map(|it| &it.id),
        "status": value("status"),
        "is_free_trial": value("is_free_trial"),
        "created_at": record.created_at,
        "updated_at": record.updated_at,
        "period_start": value("period_start"),
        "period_end": value("period_end"),
        "interval": value("plan_period"),
        "plan_id": record.str("plan_id"),
        "plan": plan.map(|it| json!({
            "id": it.id, "slug": it.str("slug"), "name": it.str("name"),
            "is_recurring": true, "amount": amount(it), "currency": "USD",
        })),
        "payer": payer(instance, payer_id),
    })
}

/// Returns a payer. Unlike in responses, what it lacks is an empty string.
fn payer(instance: &Instance, payer_id: &str) -> Value {
    let mut payer = payer_object(instance, payer_id);
    if let Some(members) = payer.as_object_mut() {
        members.retain(|name, _| name != "instance_id" && name != "credits_balance");
        for value in members.values_mut().filter(|it| it.is_null()) {
            *value = "".into();
        }
    }
    payer
}
