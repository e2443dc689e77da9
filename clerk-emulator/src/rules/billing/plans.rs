//! Plans, of which every instance has two free ones, and prices.

use crate::http::response::ErrorResponse;
use crate::resources::call::{Call, CallResult};
use crate::resources::{changes, listing};
use crate::store::instance::Instance;
use crate::tables::billing::{PLAN, PRICE};

/// The smallest price in cents that is not zero.
pub(super) const MIN_AMOUNT: i64 = 100;

/// Creates the free plans that every instance has, and their prices.
pub(crate) fn seed(instance: &mut Instance) {
    let now = instance.now();
    for (payer_type, slug) in [("user", "free_user"), ("org", "free_org")] {
        let product_id = instance.ids.id("cprd", now);
        let mut plan = instance.new_record(&PLAN);
        plan.set("name", "Free");
        plan.set("slug", slug);
        plan.set("for_payer_type", payer_type);
        plan.set("product_id", product_id);
        plan.set("is_default", true);
        plan.set("is_initial", true);
        let mut price = instance.new_record(&PRICE);
        price.set("plan_id", plan.id.to_string());
        price.set("is_default", true);
        price.set("supported_billing_periods", "both");
        instance.all_mut(&PLAN).insert(plan);
        instance.all_mut(&PRICE).insert(price);
    }
}

/// Returns the id of the default price of a plan.
pub(super) fn default_price<'i>(instance: &'i Instance, plan_id: &str) -> Option<&'i str> {
    let mut prices = instance.all(&PRICE).with("plan_id", plan_id);
    prices.find(|it| it.is("is_default")).map(|it| &*it.id)
}

pub(super) fn list(call: &mut Call<'_>) -> CallResult {
    let payer_type = call.query("payer_type");
    listing::list_where(call, &PLAN, |record| {
        payer_type
            .as_ref()
            .is_none_or(|it| it == record.str("for_payer_type"))
    })
}

pub(super) fn list_prices(call: &mut Call<'_>) -> CallResult {
    if let Some(plan_id) = call.query("plan_id") {
        require_plan(call.instance, &plan_id)?;
    }
    listing::list(call, &PRICE)
}

fn require_plan(instance: &Instance, id: &str) -> Result<(), ErrorResponse> {
    match instance.all(&PLAN).get(id) {
        Some(_) => Ok(()),
        None => {
            let message = format!("There is no plan with the id {id:?}.");
            Err(ErrorResponse::new(404, "plan_not_found", message))
        }
    }
}

pub(super) fn create_price(call: &mut Call<'_>) -> CallResult {
    let plan_id = call.text("plan_id").unwrap_or_default();
    require_plan(call.instance, &plan_id)?;
    let names = ["amount", "annual_monthly_amount"];
    let [amount, annual] = names.map(|name| call.number(name));
    for (name, amount) in names.into_iter().zip([amount, annual]) {
        if amount.is_some_and(|it| it != 0 && it < MIN_AMOUNT) {
            let message = format!("A price is 0 or at least {MIN_AMOUNT} cents.");
            return Err(ErrorResponse::param(
                "form_param_value_invalid",
                name,
                message,
            ));
        }
    }
    let periods = match (amount, annual) {
        (Some(_), Some(_)) => "both",
        (Some(_), None) => "month",
        (None, Some(_)) => "annual",
        (None, None) => {
            let message = "A price needs an amount.";
            return Err(ErrorResponse::param(
                "form_param_missing",
                "amount",
                message,
            ));
        }
    };
    let mut record = changes::new_record(call, &PRICE)?;
    record.set("plan_id", plan_id);
    if call.text("supported_billing_periods").is_none() {
        record.set("supported_billing_periods", periods);
    }
    changes::insert(call, &PRICE, record)
}
