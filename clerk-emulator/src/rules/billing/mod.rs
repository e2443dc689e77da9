//! Billing: plans and prices, the subscriptions and credits of payers, and statements.
//!
//! There is no checkout: tests create plans and subscribe payers to them, who have the free plan otherwise.

mod credits;
mod events;
mod payers;
mod plan_changes;
mod plan_creation;
mod plans;
mod subscriptions;

use crate::resources::call::{Call, CallResult};
use crate::resources::listing;
use crate::resources::table::{Operations, get, list, rule};
use crate::tables::billing::{PAYMENT_ATTEMPT, STATEMENT};

pub(crate) use plan_changes::subscribe;
pub(super) use plan_creation::add_plan;
pub(super) use plans::seed;

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
