//! Plans and subscription items.

use clerk_sdk::List;
use clerk_sdk::types::{BillingPeriod, BillingPlan, BillingSubscriptionItem};

use super::Expectation;
use crate::corpus::Payload;

pub(super) const EXPECTATIONS: &[Expectation] = &[
    ("billing_item_store_managed", item_managed_by_a_store),
    ("billing_plan_seats", plan_with_seats),
    ("billing_plan_store_products", plan_with_store_products),
];

fn item_managed_by_a_store(payload: &Payload) {
    let item: BillingSubscriptionItem = payload.value();
    assert_eq!(item.managed_by.as_deref(), Some("google"));
    assert_eq!(item.plan_period, BillingPeriod::Month);
    assert_eq!(item.plan, None);
}

fn plan_with_seats(payload: &Payload) {
    let plan: BillingPlan = payload.value();
    let tier = &plan.unit_prices.expect("the plan has seats")[0].tiers[0];
    assert_eq!(tier.ends_after_block, None);
    assert_eq!(tier.id.as_deref(), Some("tier_1"));
    let price = &plan.available_prices.expect("the plan has a price")[0];
    assert_eq!((&*price.id, price.is_default), ("price_1", Some(true)));
    assert_eq!(price.fee.as_ref().expect("it has a fee").amount, 4900);
}

fn plan_with_store_products(payload: &Payload) {
    let plans: List<BillingPlan> = payload.value();
    let products = plans.data[0].store_products.as_ref();
    let product = &products.expect("the plan has a product")[0];
    assert_eq!(product.store, "google");
    assert_eq!(product.product_id, "com.acme.pro");
    assert_eq!(product.period.as_deref(), Some("month"));
    assert_eq!(product.purchase_option_id, None);
}
