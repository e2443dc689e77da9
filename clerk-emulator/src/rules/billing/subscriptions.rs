//! The subscriptions of payers, and the plans in them.

use serde_json::Value;

use super::{payers, plans};
use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::{changes, listing, rendering};
use crate::store::instance::Instance;
use crate::store::record::Record;
use crate::tables::billing::{ITEM, SUBSCRIPTION};

/// The longest extension of a free trial.
const MAX_EXTENSION_MILLISECONDS: i64 = 365 * 24 * 60 * 60 * 1000;

pub(super) fn get(call: &mut Call<'_>) -> CallResult {
    let payer_id = payers::named_by_path(call)?;
    let known = call.instance.all(&SUBSCRIPTION).with("payer_id", &payer_id);
    let known = known.map(|it| it.id.to_string()).next();
    let id = match known {
        Some(id) => id,
        None => subscribe(call.instance, &payer_id),
    };
    let record = call.instance.find(&SUBSCRIPTION, &id)?;
    Ok(rendering::render(call, &SUBSCRIPTION, record))
}

/// Subscribes a payer to the default plan, and returns the id of the subscription.
fn subscribe(instance: &mut Instance, payer_id: &str) -> String {
    let payer_type = match payers::is_organization(instance, payer_id) {
        true => "org",
        false => "user",
    };
    let plan_id = plans::default_plan(instance, payer_type).map(|it| it.id.to_string());
    if let Some(plan_id) = plan_id {
        let price_id = plans::default_price(instance, &plan_id).map(str::to_owned);
        let mut item = instance.new_record(&ITEM);
        item.set("payer_id", payer_id);
        item.set("plan_id", plan_id);
        item.set("price_id", price_id);
        item.set("is_free", true);
        instance.all_mut(&ITEM).insert(item);
    }
    let mut record = instance.new_record(&SUBSCRIPTION);
    record.set("payer_id", payer_id);
    let id = record.id.to_string();
    instance.all_mut(&SUBSCRIPTION).insert(record);
    id
}

pub(super) fn list_items(call: &mut Call<'_>) -> CallResult {
    let with_free = call.query_flag("include_free");
    let payer_type = call.query("payer_type");
    let instance = &*call.instance;
    listing::list_where(call, &ITEM, |record| {
        let is_organization = payers::is_organization(instance, record.str("payer_id"));
        let known_type = if is_organization { "org" } else { "user" };
        (with_free || !record.is("is_free"))
            && payer_type.as_ref().is_none_or(|it| it == known_type)
    })
}

/// Returns the item that the path names.
fn named_by_path(call: &Call<'_>) -> Result<Record, ErrorResponse> {
    let id = call.path_param(0);
    let record = call.instance.all(&ITEM).get(&id).cloned();
    record.ok_or_else(|| {
        let message = format!("There is no subscription item with the id {id:?}.");
        ErrorResponse::new(404, "subscription_item_not_found", message)
    })
}

/// Cancels an item: now, or at the end of its period, of which a free one has none.
pub(super) fn cancel_item(call: &mut Call<'_>) -> CallResult {
    let mut record = named_by_path(call)?;
    let now = call.instance.now();
    record.set("canceled_at", now);
    let event = match call.query_flag("end_now") {
        true => {
            record.set("status", "ended");
            record.set("ended_at", now);
            "subscriptionItem.ended"
        }
        false => {
            record.set("status", "canceled");
            "subscriptionItem.canceled"
        }
    };
    let response = changes::save(call, &ITEM, record)?;
    changes::announce(call, Some(event), &response);
    Ok(response)
}

pub(super) fn extend_free_trial(call: &mut Call<'_>) -> CallResult {
    let mut record = named_by_path(call)?;
    if !record.is("is_free_trial") {
        let message = "The subscription item is not in a free trial.";
        let code = "subscription_item_not_in_free_trial";
        return Err(ErrorResponse::new(403, code, message));
    }
    let end = call.time("extend_to")?.unwrap_or(0);
    let now = call.instance.now();
    if end <= now || end > now.saturating_add(MAX_EXTENSION_MILLISECONDS) {
        let message = "A trial can be extended by at most 365 days.";
        return Err(ErrorResponse::param(
            "form_param_value_invalid",
            "extend_to",
            message,
        ));
    }
    record.set("period_end", end);
    let mut response = changes::save(call, &ITEM, record)?;
    remove_nulls(&mut response["payer"]);
    Ok(response)
}

/// Replaces each null of a payer, which in this response is no null: names are empty, and the rest is absent.
fn remove_nulls(payer: &mut Value) {
    let Some(members) = payer.as_object_mut() else {
        return;
    };
    for name in ["first_name", "last_name", "email"] {
        if members.get(name).is_some_and(Value::is_null) {
            members.insert(name.to_owned(), "".into());
        }
    }
    members.retain(|_, value| !value.is_null());
}
