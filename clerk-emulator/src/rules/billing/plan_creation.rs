//! Creating plans, which at Clerk only the dashboard can do.

use serde_json::{Map, Value, json};

use super::plans::MIN_AMOUNT;
use crate::store::instance::Instance;
use crate::store::record::Record;
use crate::tables::active_plans::{PayerType, default_plan};
use crate::tables::billing::{PLAN, PRICE, amount};
use crate::tables::subscription_items::ITEM_KIND;

/// Members whose values are strings.
const TEXTS: [&str; 5] = ["id", "slug", "name", "description", "for_payer_type"];

/// Members whose values are amounts in cents.
const AMOUNTS: [&str; 2] = ["amount", "annual_monthly_amount"];

/// Members whose values are true or false.
const FLAGS: [&str; 2] = ["is_default", "publicly_visible"];

/// Creates a plan and its price from the members of an object, and returns its id.
pub(crate) fn add_plan(instance: &mut Instance, members: &Value) -> Result<String, String> {
    let members = members.as_object().ok_or("a plan is an object")?;
    check(members)?;
    let text = |name| members.get(name).and_then(Value::as_str);
    let slug = text("slug").filter(|it| is_slug(it));
    let slug = slug.ok_or("\"slug\" must consist of letters, digits, \"_\" and \"-\"")?;
    let payer_type = text("for_payer_type").and_then(PayerType::parse);
    let payer_type = payer_type.ok_or("\"for_payer_type\" must be \"user\" or \"org\"")?;
    let plans = instance.all(&PLAN);
    if plans
        .with("for_payer_type", payer_type.name())
        .any(|it| it.str("slug") == slug)
    {
        return Err(format!("there is another plan with the slug {slug:?}"));
    }
    let features = features(instance, members.get("features"))?;
    let now = instance.now();
    let mut plan = instance.new_record(&PLAN);
    if let Some(id) = text("id") {
        if instance.all(&PLAN).get(id).is_some() {
            return Err(format!("there is another plan with the id {id:?}"));
        }
        plan.id = id.into();
    }
    plan.set("name", text("name").unwrap_or(slug));
    plan.set("slug", slug);
    plan.set("for_payer_type", payer_type.name());
    plan.set("product_id", instance.ids.id("cprd", now));
    plan.set("features", features);
    for name in [AMOUNTS[0], AMOUNTS[1], FLAGS[0], FLAGS[1], "description"] {
        if let Some(value) = members.get(name) {
            plan.set(name, value.clone());
        }
    }
    if let Some(days) = members.get("free_trial_days") {
        plan.set("free_trial_days", days.clone());
    }
    if plan.is("is_default") {
        if amount(&plan) > 0 {
            return Err("a default plan has no \"amount\"".to_owned());
        }
        replace_default_plan(instance, payer_type, &plan);
    }
    add_price(instance, &plan);
    let id = plan.id.to_string();
    instance.all_mut(&PLAN).insert(plan);
    Ok(id)
}

/// Refuses members that a plan does not have, and values of the wrong type.
fn check(members: &Map<String, Value>) -> Result<(), String> {
    for (name, value) in members {
        let (is_valid, expected) = match name.as_str() {
            it if TEXTS.contains(&it) => (value.is_string(), "a string"),
            it if FLAGS.contains(&it) => (value.is_boolean(), "true or false"),
            it if AMOUNTS.contains(&it) => {
                let amount = value.as_i64();
                let is_valid = amount.is_some_and(|it| it == 0 || it >= MIN_AMOUNT);
                (is_valid, "0 or at least 100 cents")
            }
            "free_trial_days" => {
                let days = value.as_i64();
                let is_valid = days.is_some_and(|it| (1..=365).contains(&it));
                (is_valid, "a number from 1 to 365")
            }
            "features" => (value.is_array(), "a list"),
            _ => return Err(format!("a plan has no member {name:?}")),
        };
        if !is_valid {
            return Err(format!("{name:?} must be {expected}"));
        }
    }
    Ok(())
}

/// Returns the features of a plan, each of which is given by its slug, or by an object with `slug`, and optionally `name`
/// and `description`. Plans that have a feature in common have it with the same id.
fn features(instance: &mut Instance, features: Option<&Value>) -> Result<Value, String> {
    let mut objects = Vec::new();
    for feature in features.and_then(Value::as_array).into_iter().flatten() {
        let slug = feature.as_str().or_else(|| feature["slug"].as_str());
        let slug = slug.filter(|it| is_slug(it));
        let slug = slug.ok_or("a feature is a slug, or an object with a \"slug\"")?;
        let now = instance.now();
        let id = match known_feature(instance, slug) {
            Some(id) => id,
            None => instance.ids.id("feat", now),
        };
        objects.push(json!({
            "object": "feature", "id": id, "slug": slug,
            "name": feature.get("name").unwrap_or(&slug.into()),
            "description": feature.get("description"), "avatar_url": null,
        }));
    }
    Ok(Value::Array(objects))
}

fn known_feature(instance: &Instance, slug: &str) -> Option<String> {
    let plans = instance.all(&PLAN).in_order_of_addition();
    let features = plans.filter_map(|it| it.get("features")?.as_array());
    let known = features.flatten().find(|it| it["slug"] == slug)?;
    known["id"].as_str().map(str::to_owned)
}

/// Slugs become parts of claims, which separate them by commas and colons.
fn is_slug(text: &str) -> bool {
    let is_allowed = |it: u8| it.is_ascii_alphanumeric() || b"_-".contains(&it);
    !text.is_empty() && text.bytes().all(is_allowed)
}

/// Makes a plan the default one. Payers that have the previous one get it.
fn replace_default_plan(instance: &mut Instance, payer_type: PayerType, plan: &Record) {
    let previous = default_plan(instance, payer_type).map(|it| it.id.to_string());
    let Some(previous) = previous else {
        return;
    };
    instance
        .all_mut(&PLAN)
        .update(&previous, |it| it.set("is_default", false));
    for id in instance.all(&ITEM_KIND).ids_with("plan_id", &previous) {
        instance.all_mut(&ITEM_KIND).update(&id, |item| {
            if item.is("is_default") {
                item.set("plan_id", plan.id.to_string());
            }
        });
    }
}

fn add_price(instance: &mut Instance, plan: &Record) {
    let mut price = instance.new_record(&PRICE);
    price.set("plan_id", plan.id.to_string());
    price.set("is_default", true);
    price.set("supported_billing_periods", "both");
    for name in AMOUNTS {
        if let Some(amount) = plan.get(name) {
            price.set(name, amount.clone());
        }
    }
    instance.all_mut(&PRICE).insert(price);
}
