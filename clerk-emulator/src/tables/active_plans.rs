//! The plan that a user or an organization has, and its features.

use serde_json::Value;

use super::billing::{PAYER, PLAN};
use super::subscription_items::live_item;
use crate::store::instance::Instance;
use crate::store::record::Record;

/// Those who pay, as plans name them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum PayerType {
    User,
    Organization,
}

impl PayerType {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Organization => "org",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        let all = [Self::User, Self::Organization];
        all.into_iter().find(|it| it.name() == name)
    }
}

/// Returns the plan that payers of a type have by default.
pub(crate) fn default_plan(instance: &Instance, payer_type: PayerType) -> Option<&Record> {
    let mut plans = instance
        .all(&PLAN)
        .with("for_payer_type", payer_type.name());
    plans.find(|it| it.is("is_default"))
}

/// Returns the plan of a user or an organization for tokens. Nothing if payers of this type have no plans to choose from:
/// as long as there are only the free plans of the beginning, an application does not sell anything.
pub(crate) fn plan_for_tokens<'i>(
    instance: &'i Instance,
    payer_type: PayerType,
    subject: &str,
) -> Option<&'i Record> {
    let mut plans = instance
        .all(&PLAN)
        .with("for_payer_type", payer_type.name());
    if plans.all(|it| it.is("is_initial")) {
        return None;
    }
    let payer = instance.all(&PAYER).with("subject", subject).next();
    let item = payer.and_then(|it| live_item(instance, &it.id));
    let plan = item.and_then(|it| instance.all(&PLAN).get(it.str("plan_id")));
    plan.or_else(|| default_plan(instance, payer_type))
}

/// Returns the slugs of a plan's features.
pub(crate) fn feature_slugs(plan: &Record) -> Vec<&str> {
    let features = plan.get("features").and_then(Value::as_array);
    let slugs = features.into_iter().flatten().map(|it| it["slug"].as_str());
    slugs.flatten().collect()
}
