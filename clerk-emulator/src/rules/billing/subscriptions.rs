//! The subscriptions of payers, and the plans in them.

use serde_json::{Value, json};

use super::plan_changes::ensure_subscription;
use super::{events, payers};
use crate::document::api_document::ApiDocument;
use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::{changes, listing, rendering};
use crate::store::instance::Instance;
use crate::store::record::Record;
use crate::tables::billing::{ITEM, PLAN, SUBSCRIPTION};
use crate::tables::subscription_items::{is_free_trial, period};

/// The longest extension of a free trial.
const MAX_EXTENSION_MILLISECONDS: i64 = 365 * 24 * 60 * 60 * 1000;

pub(super) fn get(call: &mut Call<'_>) -> CallResult {
    let payer_id = payers::named_by_path(call)?;
    let id = ensure_subscription(call.instance, &payer_id);
    let record = call.instance.find(&SUBSCRIPTION, &id)?;
    Ok(rendering::render(call, &SUBSCRIPTION, record))
}

pub(super) fn list_items(call: &mut Call<'_>) -> CallResult {
    let with_free = call.query_flag("include_free");
    let payer_type = call.query("payer_type");
    let instance = &*call.instance;
    listing::list_where(call, &ITEM, |record| {
        let known_type = payers::type_of(instance, record.str("payer_id")).name();
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
    let current = period(call.instance, &record);
    record.set("canceled_at", now);
    record.set("period_start", current.start);
    if let Some(end) = current.end {
        record.set("period_end", end);
    }
    let event = match call.query_flag("end_now") {
        true => {
            record.set("status", "ended");
            record.set("ended_at", now);
            record.set("period_end", now);
            "subscriptionItem.ended"
        }
        false => {
            record.set("status", "canceled");
            "subscriptionItem.canceled"
        }
    };
    let id = record.id.to_string();
    let response = changes::save(call, &ITEM, record)?;
    events::announce_item(call.instance, event, &id);
    Ok(response)
}

pub(super) fn extend_free_trial(call: &mut Call<'_>) -> CallResult {
    let mut record = named_by_path(call)?;
    if !is_free_trial(call.instance, &record) {
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
    let plan_id = record.str("plan_id").to_owned();
    let id = record.id.to_string();
    let mut response = changes::save(call, &ITEM, record)?;
    events::announce_item(call.instance, "subscriptionItem.updated", &id);
    response["plan"] = plan_with_amounts(call.instance, &plan_id);
    remove_nulls(&mut response["payer"]);
    Ok(response)
}

/// Returns a plan in the form that only this response has: with each fee as an amount besides.
fn plan_with_amounts(instance: &Instance, plan_id: &str) -> Value {
    let shape = ApiDocument::embedded().object_shape("CommercePlan-2");
    let (Some(shape), Some(record)) = (shape, instance.all(&PLAN).get(plan_id)) else {
        return Value::Null;
    };
    let mut plan = rendering::render_as(instance, shape, &PLAN, record);
    for prefix in ["", "annual_", "annual_monthly_"] {
        let fee = plan[format!("{prefix}fee")].clone();
        for name in ["amount", "amount_formatted"] {
            plan[format!("{prefix}{name}")] = fee[name].clone();
        }
    }
    for name in ["currency", "currency_symbol"] {
        plan[name] = plan["fee"][name].clone();
    }
    plan["payer_type"] = json!([plan["for_payer_type"]]);
    plan
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
