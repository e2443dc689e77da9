//! Billing: plans and prices, the subscriptions and credits of payers, and statements.
//!
//! The emulator has no checkout, so payers have only the free plans.

mod credits;
mod payers;
mod plans;
mod subscriptions;

use serde_json::{Value, json};

use crate::resources::call::{Call, CallResult};
use crate::resources::listing;
use crate::resources::resource::{Resource, kind};
use crate::resources::table::{Operations, get, list, rule};

pub(super) use plans::seed;

static STATEMENT: Resource = Resource {
    kind: kind("commerce_statement", "stmt", &[]),
    ..Resource::NEW
};

static PAYMENT_ATTEMPT: Resource = Resource {
    kind: kind("commerce_payment", "cpa", &["statementID"]),
    ..Resource::NEW
};

pub(super) const OPERATIONS: &Operations = &[
    ("GetCommercePlanList", rule(plans::list)),
    ("GetBillingPriceList", rule(plans::list_prices)),
    ("CreateBillingPrice", rule(plans::create_price)),
    ("GetUserBillingSubscription", rule(subscriptions::get)),
    (
        "GetOrganizationBillingSubscription",
        rule(subscriptions::get),
    ),
    (
        "GetCommerceSubscriptionItemList",
        rule(subscriptions::list_items),
    ),
    (
        "CancelCommerceSubscriptionItem",
        rule(subscriptions::cancel_item),
    ),
    (
        "ExtendBillingSubscriptionItemFreeTrial",
        rule(subscriptions::extend_free_trial),
    ),
    ("GetUserBillingCreditBalance", rule(credits::get_balance)),
    (
        "AdjustUserBillingCreditBalance",
        rule(credits::adjust_balance),
    ),
    (
        "GetOrganizationBillingCreditBalance",
        rule(credits::get_balance),
    ),
    (
        "AdjustOrganizationBillingCreditBalance",
        rule(credits::adjust_balance),
    ),
    ("GetBillingStatementList", list(&STATEMENT)),
    ("GetBillingStatement", get(&STATEMENT)),
    (
        "GetBillingStatementPaymentAttempts",
        rule(list_payment_attempts),
    ),
];

fn list_payment_attempts(call: &mut Call<'_>) -> CallResult {
    call.instance.find(&STATEMENT, &call.path_param(0))?;
    listing::list(call, &PAYMENT_ATTEMPT)
}

/// Returns an amount of US dollars, which is given in cents.
fn money(cents: i64) -> Value {
    let sign = if cents < 0 { "-" } else { "" };
    let (dollars, rest) = (cents.unsigned_abs() / 100, cents.unsigned_abs() % 100);
    json!({
        "amount": cents,
        "amount_formatted": format!("{sign}{dollars}.{rest:02}"),
        "currency": "USD",
        "currency_symbol": "$",
    })
}
