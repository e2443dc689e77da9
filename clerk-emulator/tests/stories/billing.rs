//! Billing.

use serde_json::json;

use crate::support::{Story, fault, id, ids};

#[tokio::test]
async fn an_instance_has_free_plans() {
    let story = Story::begin().await;
    let plans = story.get("/billing/plans").await;
    assert_eq!(plans["total_count"], 2);
    assert_eq!(plans["data"][0]["is_default"], true);
    let plans = story.get("/billing/plans?payer_type=org").await;
    assert_eq!(plans["data"][0]["for_payer_type"], "org");
    assert_eq!(plans["total_count"], 1);
}

#[tokio::test]
async fn prices_are_created_and_sorted_by_amount() {
    let story = Story::begin().await;
    let plan = ids(&story.get("/billing/plans").await).remove(0);
    let path = "/billing/prices";
    let mut prices = Vec::new();
    for amount in [500, 100, 500] {
        let body = json!({ "plan_id": plan, "amount": amount });
        prices.push(id(&story.post(path, body).await));
        story
            .emulator
            .advance_time(std::time::Duration::from_secs(1));
    }
    let page = story.get(&format!("{path}?plan_id={plan}")).await;
    assert_eq!(page["total_count"], 4);
    let sorted = [&prices[1], &prices[2], &prices[0]];
    assert_eq!(ids(&page)[1..].iter().collect::<Vec<_>>(), sorted);
    assert_eq!(page["data"][1]["fee"]["amount_formatted"], "1.00");
    assert_eq!(page["data"][1]["supported_billing_periods"], "month");
    for (body, expected) in [
        (
            json!({ "plan_id": "cplan_1", "amount": 0 }),
            fault(404, "plan_not_found", ""),
        ),
        (
            json!({ "plan_id": plan, "amount": 99 }),
            fault(422, "form_param_value_invalid", "amount"),
        ),
        (
            json!({ "plan_id": plan, "amount": null }),
            fault(422, "form_param_missing", "amount"),
        ),
    ] {
        assert_eq!(
            story.error("POST", path, Some(body.clone())).await,
            expected,
            "{body}"
        );
    }
    let error = story
        .error("GET", &format!("{path}?plan_id=cplan_1"), None)
        .await;
    assert_eq!(error, fault(404, "plan_not_found", ""));
}

#[tokio::test]
async fn users_and_organizations_are_subscribed_to_the_free_plan() {
    let story = Story::begin().await;
    let (organization, user) = story.organization("one").await;
    for (path, payer_type) in [
        (
            format!("/organizations/{organization}/billing/subscription"),
            "org",
        ),
        (format!("/users/{user}/billing/subscription"), "user"),
    ] {
        let subscription = story.get(&path).await;
        assert_eq!(subscription["status"], "active");
        let item = &subscription["subscription_items"][0];
        assert_eq!(item["plan"]["for_payer_type"], payer_type);
        assert_eq!(story.get(&path).await, subscription);
        let path = format!("/billing/subscription_items?payer_type={payer_type}");
        assert_eq!(story.get(&path).await["total_count"], 0);
        let items = story.get(&format!("{path}&include_free=true")).await;
        assert_eq!(items["data"], json!([item]));
    }
    let missing = "/organizations/org_1/billing/subscription";
    assert_eq!(
        story.error("GET", missing, None).await,
        fault(404, "resource_not_found", "")
    );
}

#[tokio::test]
async fn an_item_is_canceled() {
    let story = Story::begin().await;
    let (organization, _) = story.organization("one").await;
    let path = format!("/organizations/{organization}/billing/subscription");
    let item = id(&story.get(&path).await["subscription_items"][0]);
    let path = format!("/billing/subscription_items/{item}");
    assert_eq!(story.delete(&path).await["status"], "canceled");
    assert_eq!(
        story.delete(&format!("{path}?end_now=true")).await["status"],
        "ended"
    );
    let kinds = story.event_kinds();
    let last = ["subscriptionItem.canceled", "subscriptionItem.ended"];
    assert_eq!(kinds[kinds.len() - 2..], last);
    let body = Some(json!({ "extend_to": "2030-01-01T00:00:00Z" }));
    let error = story
        .error("POST", &format!("{path}/extend_free_trial"), body.clone())
        .await;
    assert_eq!(error, fault(403, "subscription_item_not_in_free_trial", ""));
    let missing = fault(404, "subscription_item_not_found", "");
    let unknown = "/billing/subscription_items/csub_item_1";
    assert_eq!(story.error("DELETE", unknown, None).await, missing);
    let error = story
        .error("POST", &format!("{unknown}/extend_free_trial"), body)
        .await;
    assert_eq!(error, missing);
}

#[tokio::test]
async fn credits_are_adjusted_once_for_each_key() {
    let story = Story::begin().await;
    let (organization, user) = story.organization("one").await;
    for path in [
        format!("/organizations/{organization}/billing/credits"),
        format!("/users/{user}/billing/credits"),
    ] {
        assert_eq!(story.get(&path).await["balance"]["amount"], 0);
        let adjust = |amount: i64, action: &str, key: &str| json!({ "amount": amount, "action": action, "idempotency_key": key });
        let entry = story.post(&path, adjust(1050, "increase", "a")).await;
        assert_eq!(entry["amount"]["amount_formatted"], "10.50");
        assert_eq!(
            story.post(&path, adjust(1050, "increase", "a")).await,
            entry
        );
        story.post(&path, adjust(50, "decrease", "b")).await;
        assert_eq!(story.get(&path).await["balance"]["amount"], 1000);
        for body in [adjust(0, "increase", "c"), adjust(1001, "decrease", "c")] {
            let error = story.error("POST", &path, Some(body)).await;
            assert_eq!(error, fault(422, "invalid_credit_amount", "amount"));
        }
    }
}

#[tokio::test]
async fn there_are_no_statements() {
    let story = Story::begin().await;
    assert_eq!(story.get("/billing/statements").await["total_count"], 0);
    for path in [
        "/billing/statements/stmt_1",
        "/billing/statements/stmt_1/payment_attempts",
    ] {
        assert_eq!(
            story.error("GET", path, None).await,
            fault(404, "resource_not_found", "")
        );
    }
}
