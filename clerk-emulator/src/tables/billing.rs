//! The tables of plans and prices, of subscriptions, and of payers and their credits.
//!
//! The state of a subscription item depends on the time: see [`super::subscription_items`].

use serde_json::{Value, json};

use super::contacts::{EMAIL, primary_value};
use super::organizations::ORGANIZATION;
use super::subscription_items::{self, ITEM_KIND, period};
use super::users::USER;
use crate::resources::resource::Literal::{Bool, Text};
use crate::resources::resource::{Resource, kind};
use crate::resources::{images, rendering};
use crate::store::instance::Instance;
use crate::store::record::Record;

pub(crate) static PLAN: Resource = Resource {
    kind: kind("commerce_plan", "cplan", &["for_payer_type"]),
    schema: "CommercePlan",
    defaults: &[
        ("is_recurring", Bool(true)),
        ("publicly_visible", Bool(true)),
    ],
    computed: &[
        ("fee", |_, plan| money(amount(plan))),
        ("annual_monthly_fee", |_, plan| {
            money(annual_monthly_amount(plan))
        }),
        ("annual_fee", |_, plan| {
            money(annual_monthly_amount(plan).saturating_mul(12))
        }),
        ("has_base_fee", |_, plan| json!(amount(plan) > 0)),
        ("free_trial_enabled", |_, plan| {
            json!(plan.i64("free_trial_days").is_some())
        }),
    ],
    ..Resource::NEW
};

/// Returns the price of a plan for a month, in cents.
pub(crate) fn amount(plan: &Record) -> i64 {
    plan.i64("amount").unwrap_or(0)
}

fn annual_monthly_amount(plan: &Record) -> i64 {
    plan.i64("annual_monthly_amount").unwrap_or(0)
}

pub(crate) static PRICE: Resource = Resource {
    kind: kind("commerce_price", "cprice", &["plan_id"]),
    computed: &[
        ("instance_id", |instance, _| json!(instance.id)),
        ("currency", |_, _| json!("USD")),
        ("currency_symbol", |_, _| json!("$")),
        ("fee", |_, record| money(record.i64("amount").unwrap_or(0))),
        ("annual_monthly_fee", |_, record| {
            money(record.i64("annual_monthly_amount").unwrap_or(0))
        }),
    ],
    on_demand: &[("position", position)],
    order: "position",
    ..Resource::NEW
};

/// Returns a string that sorts prices by amount, and equal ones from the newest to the oldest.
fn position(_: &Instance, record: &Record) -> Value {
    let amount = record.i64("amount").unwrap_or(0);
    let age = i64::MAX.saturating_sub(record.created_at);
    json!(format!("{amount:020} {age:020}"))
}

pub(crate) static SUBSCRIPTION: Resource = Resource {
    kind: kind("commerce_subscription", "csub", &["payer_id"]),
    defaults: &[("status", Text("active"))],
    computed: &[
        ("instance_id", |instance, _| json!(instance.id)),
        ("active_at", |_, record| json!(record.created_at)),
        ("subscription_items", items),
    ],
    ..Resource::NEW
};

pub(crate) static ITEM: Resource = Resource {
    kind: ITEM_KIND,
    defaults: &[("plan_period", Text("month"))],
    computed: &[
        ("instance_id", |instance, _| json!(instance.id)),
        ("payer", |instance, record| {
            payer_object(instance, record.str("payer_id"))
        }),
        ("plan", |instance, record| {
            plan_object(instance, record.str("plan_id"))
        }),
        ("status", |instance, record| {
            json!(subscription_items::status(instance, record))
        }),
        ("is_free_trial", |instance, record| {
            json!(subscription_items::is_free_trial(instance, record))
        }),
        ("period_start", |instance, record| {
            json!(period(instance, record).start)
        }),
        ("period_end", |instance, record| {
            json!(period(instance, record).end)
        }),
        ("lifetime_paid", |_, _| money(0)),
    ],
    ..Resource::NEW
};

fn items(instance: &Instance, record: &Record) -> Value {
    let items = instance.all(&ITEM).with("payer_id", record.str("payer_id"));
    let render = |it| rendering::render_like(instance, "CancelCommerceSubscriptionItem", &ITEM, it);
    items.map(render).collect()
}

pub(crate) static PAYER: Resource = Resource {
    // The member `subject` is the id of the user or the organization.
    kind: kind("commerce_payer", "cpayer", &["subject"]),
    ..Resource::NEW
};

pub(crate) static LEDGER_ENTRY: Resource = Resource {
    // The member `once` contains the payer and the idempotency key.
    kind: kind("commerce_credit_ledger", "ccl", &["once"]),
    ..Resource::NEW
};

pub(crate) static STATEMENT: Resource = Resource {
    kind: kind("commerce_statement", "stmt", &[]),
    ..Resource::NEW
};

pub(crate) static PAYMENT_ATTEMPT: Resource = Resource {
    kind: kind("commerce_payment", "cpa", &["statementID"]),
    ..Resource::NEW
};

/// Returns a plan as other objects contain it; null if there is none.
pub(crate) fn plan_object(instance: &Instance, id: &str) -> Value {
    let record = instance.all(&PLAN).get(id);
    let render = |it| rendering::render_like(instance, "GetCommercePlanList", &PLAN, it);
    record.map(render).unwrap_or_default()
}

/// Returns a payer as other objects contain it; null if there is none.
pub(crate) fn payer_object(instance: &Instance, payer_id: &str) -> Value {
    let Some(payer) = instance.all(&PAYER).get(payer_id) else {
        return Value::Null;
    };
    let subject = payer.str("subject");
    let user = instance.all(&USER).get(subject);
    let organization = instance.all(&ORGANIZATION).get(subject);
    let email = user.and_then(|it| primary_value(instance, &EMAIL, it));
    json!({
        "object": "commerce_payer",
        "id": payer_id,
        "instance_id": instance.id,
        "user_id": user.map(|it| &it.id),
        "first_name": user.and_then(|it| it.get("first_name")),
        "last_name": user.and_then(|it| it.get("last_name")),
        "email": email,
        "organization_id": organization.map(|it| &it.id),
        "organization_name": organization.map(|it| it.str("name")),
        "image_url": images::generated_url(subject),
        "credits_balance": money(payer.i64("balance").unwrap_or(0)),
        "created_at": payer.created_at,
        "updated_at": payer.updated_at,
    })
}

/// Returns an amount of US dollars, which is given in cents.
pub(crate) fn money(cents: i64) -> Value {
    let sign = if cents < 0 { "-" } else { "" };
    let (dollars, rest) = (cents.unsigned_abs() / 100, cents.unsigned_abs() % 100);
    json!({
        "amount": cents,
        "amount_formatted": format!("{sign}{dollars}.{rest:02}"),
        "currency": "USD",
        "currency_symbol": "$",
    })
}
